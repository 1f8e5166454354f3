# Reads golden data with the standard library alone:
#   julia read_golden.jl golden/binary/sigmoid_cross_entropy.float64.jsonl
# Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. The keys
# of a vector stand in one order, without blanks, so that looking for strings is enough.
const VECTOR = r"""id":"(\w+)".*?"inputs":\{"\w+":("\w+"|\[.*?\]).*?"value":"(\w+)"""

function decode(bits)
    length(bits) == 16 && return reinterpret(Float64, parse(UInt64, bits; base = 16))
    return Float64(reinterpret(Float32, parse(UInt32, bits; base = 16)))
end

function encode(number, is_double)
    is_double && return string(reinterpret(UInt64, number); base = 16, pad = 16)
    return string(reinterpret(UInt32, Float32(number)); base = 16, pad = 8)
end

function main(path)
    header, vectors = Iterators.peel(eachline(path)) # the first line says what the others are
    is_double = occursin("\"format\":\"float64\"", header)
    for line in vectors
        id, input, value = match(VECTOR, line).captures
        numbers = [decode(bits) for bits in split(strip(input, ['[', ']', '"']), r"\W+")]
        number = decode(value)
        println(join((id, join([encode(x, is_double) for x in numbers], ","), encode(number, is_double), number), " "))
    end
end

main(ARGS[1])
