# Reads golden data with the standard library alone:
#   julia read_golden.jl golden/binary/sigmoid_cross_entropy.float64.jsonl
# Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A
# call, with "reduction" among its options, has several examples and, unreduced, several values, between commas.
# The keys of a vector stand in one order, without blanks, so that looking for strings is enough.
const VECTOR = r"""id":"(\w+)".*?"inputs":\{"\w+":([^}]*?)(?:,"\w+":|\}).*?"value":\{"rounded":\[(.*?)\]"""
const BITS = r"[0-9a-f]{8,16}"

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
        numbers, values = [[decode(found.match) for found in eachmatch(BITS, text)] for text in (input, value)]
        bits(several) = join([encode(x, is_double) for x in several], ",")
        println(join((id, bits(numbers), bits(values), join(values, ",")), " "))
    end
end

main(ARGS[1])
