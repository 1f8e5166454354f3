# Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas):
#   julia read_golden.jl golden/binary/sigmoid_cross_entropy.float64.jsonl      prints inputs and the right answers
#   julia read_golden.jl --grade answers.txt golden/binary/sigmoid_cross_entropy.float64.jsonl   grades the answers
# Inputs are printed as `ID NAME NUMBER ...` in decimal digits. Answers, printed or given to be graded, are lines
# `ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`; one without numbers says that an answer failed.
# The keys of a vector stand in one order, without blanks, so that looking for strings is enough.
const PARTS = ["value", "gradient", "hessian"]
const REGIONS = ["ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special"]
const APART = ["range", "special"] # beside the headline
const LEVELS = ["A+", "A", "B", "C", "D", "F"]

struct Format
    precision::Int
    least::Int # the least positive number is 2^least
    top::Int # all numbers are below 2^top
end

const FORMATS = Dict("float64" => Format(53, -1074, 1024), "float32" => Format(24, -149, 128))

# One component; at an exact kink nothing is rounded, and away from one there are no ends.
struct Truth
    rounded::Union{Float64, Nothing}
    residual::Float64
    ends::Union{Tuple{Float64, Float64}, Nothing}
    K::Float64
    S::Float64
end

# The worst of many numbers' errors.
struct Tally
    is_exact::Bool
    is_lost::Bool
    E1::Float64
    E2::Float64
    E3::Float64
end

const RIGHT = Tally(true, false, 0.0, 0.0, 0.0)
const FAILED = Tally(false, false, Inf, Inf, Inf)

const VECTOR = Regex("id\":\"(\\w+)\",\"region\":\"(\\w+)\",.*?,\"inputs\":\\{(.*?)\\},\"options\":\\{(.*?)\\}," *
                     "\"value\":(.*),\"gradient\":(.*),\"hessian\":(.*)\\}")
const OBJECT = r"\"rounded\":(.*?),\"residual\":(.*?),\"K\":(.*?),\"S\":([^\]]*)([^}]*)"
const BITS = r"\b([0-9a-f]{16}|[0-9a-f]{8})\b"

function decode(bits)
    length(bits) == 16 && return reinterpret(Float64, parse(UInt64, bits; base = 16))
    return Float64(reinterpret(Float32, parse(UInt32, bits; base = 16)))
end

function encode(number, form)
    form.precision == 53 && return string(reinterpret(UInt64, number); base = 16, pad = 16)
    return string(reinterpret(UInt32, Float32(number)); base = 16, pad = 8)
end

# The bits in a list, or in a list of lists, one after the other.
numbers(list) = [decode(found.match) for found in eachmatch(BITS, list)]

# Each component of a part; none where it is not judged. A row is what VECTOR captures.
function truths(row, place)
    found = Truth[]
    is_empty_mean = any(isnan, numbers(first(split(row[5], "\"residual\"")))) && occursin("\"reduction\":", row[4])
    place > 1 && is_empty_mean && !(row[2] in APART) && return found
    for object in eachmatch(OBJECT, row[4 + place])
        rounded, K, S, ends = numbers(object[1]), numbers(object[3]), numbers(object[4]), numbers(object[5])
        isempty(rounded) && isempty(ends) && return Truth[] # the loss jumps
        residual = [parse(Float64, steps.match) for steps in eachmatch(r"-?\d+", object[2])]
        for i in eachindex(K)
            push!(found, Truth(isempty(rounded) ? nothing : rounded[i], isempty(rounded) ? 0.0 : residual[i],
                               isempty(ends) ? nothing : (ends[2i - 1], ends[2i]), K[i], S[length(S) > 1 ? i : 1]))
        end
    end
    return found
end

ulp(x, form) = ldexp(1.0, x == 0 ? form.least : max(exponent(x) + 1 - form.precision, form.least))

function ulp_of_exact(rounded, residual, form)
    unit = ulp(rounded, form) # just below a power of two the spacing is half of that above
    is_below = abs(rounded) == ldexp(unit, form.precision - 1) && residual * rounded < 0
    return is_below && unit > ldexp(1.0, form.least) ? unit / 2 : unit
end

# A power of two by which no sum overflows and no product underflows.
function scale(numbers...)
    largest = maximum(abs, numbers)
    return largest < 2.0^-400 ? 2.0^500 : largest > 2.0^1000 ? 2.0^-100 : 1.0
end

# How far y is outside of [low + rest, high + rest], scaled; an infinity counts as 2^top.
function distance(y, low, high, rest, by, form)
    y = isfinite(y) ? y * by : sign(y) * ldexp(by, form.top)
    return max((low * by - y) + rest, (y - high * by) - rest, 0.0)
end

function measure(y, truth, form)
    is_rounded = truth.rounded !== nothing
    is_rounded && !isfinite(truth.rounded) && return isequal(y, truth.rounded) ? RIGHT : FAILED # NaNs are equal to it
    isnan(y) && return FAILED
    rounded = is_rounded ? truth.rounded : 0.0
    low, high = truth.ends === nothing ? (rounded, rounded) : truth.ends
    by, near = scale(y, low, high, truth.K), scale(y, rounded)
    step, unit_of_exact = ulp(rounded, form), ulp_of_exact(rounded, truth.residual, form)
    unit = truth.ends === nothing ? unit_of_exact : ulp(max(abs(low), abs(high)), form)
    rest = truth.ends === nothing ? truth.residual / 65536 * (step * by) : 0.0
    outside, K = distance(y, low, high, rest, by, form), truth.K * by
    E1 = outside / (unit * by)
    if is_rounded
        tail = truth.residual / 65536 * (step * near)
        E1 = distance(y, rounded, rounded, tail, near, form) / (unit_of_exact * near)
    end
    least_normal = ldexp(1.0, form.least + form.precision - 1)
    E3 = 2 * outside / (ldexp(max(truth.S, least_normal) * by, 1 - form.precision) + K)
    least, inward = min(abs(low), abs(high)) * by, low > 0 ? rest : -rest
    has_sign, is_other = (low > 0 && high > 0) || (low < 0 && high < 0), low > 0 ? y <= 0 : y >= 0
    matters = has_sign && (least - least_normal * by) + inward >= 0 && (least - 4 * K) + inward > 0
    return Tally(is_rounded ? y == rounded : outside == 0, matters && outside > 0 && (is_other || isinf(y)),
                 E1, 2 * outside / (unit * by + K), isinf(y) && E3 > 16 ? Inf : E3)
end

worse(a, b) = Tally(a.is_exact && b.is_exact, a.is_lost || b.is_lost, max(a.E1, b.E1), max(a.E2, b.E2), max(a.E3, b.E3))

# The place in LEVELS.
function grade(worst, form)
    worst.is_exact && return 1
    worst.E1 <= 1 && !worst.is_lost && return 2
    worst.E2 <= 8 && !worst.is_lost && return 3
    worst.E3 <= 16 && return 4
    return worst.E3 <= 2.0^(form.precision / 2) ? 5 : 6
end

function grade_file(loss, format, rows, answers)
    form = FORMATS[format]
    for (place, part) in enumerate(PARTS)
        tallies = Dict{String, Tally}()
        for row in rows
            expected, got = truths(row, place), get(answers, (row[1], part), nothing)
            (isempty(expected) || got === nothing) && continue
            fits = length(got) == length(expected)
            errors = fits ? [measure(decode(y), truth, form) for (y, truth) in zip(got, expected)] : [FAILED]
            tallies[row[2]] = reduce(worse, errors; init = get(tallies, row[2], RIGHT))
        end
        found = [(region, grade(tallies[region], form)) for region in REGIONS if haskey(tallies, region)]
        counted = [level for (region, level) in found if !(region in APART)]
        for (region, level) in found
            println("$loss $format $part $region $(LEVELS[level])")
        end
        isempty(found) && continue
        headline = maximum(isempty(counted) ? last.(found) : counted)
        println("$loss $format $part headline $(LEVELS[headline])")
    end
end

function print_row(row, form)
    start = ""
    for word in eachmatch(r"(\"?)([\w-]+)\"?(:?)", row[3] * "," * row[4])
        is_bits = word[1] == "\"" && occursin(r"^([0-9a-f]{16}|[0-9a-f]{8})$", word[2])
        print(word[3] == ":" ? "$start$(row[1]) $(word[2])" : is_bits ? " $(decode(word[2]))" : " $(word[2])")
        start = "\n"
    end
    for (place, part) in enumerate(PARTS)
        found = truths(row, place) # at a kink the least slope stands for all
        right = [encode(truth.rounded === nothing ? truth.ends[1] : truth.rounded, form) for truth in found]
        isempty(right) || print("\n$(row[1]) $part ", join(right, " "))
    end
    println()
end

function main(arguments)
    is_grading = arguments[1] == "--grade"
    answers = Dict{Tuple{String, String}, Vector{String}}()
    for line in (is_grading ? eachline(arguments[2]) : String[])
        words = String.(split(line))
        answers[(words[1], words[2])] = words[3:end]
    end
    for path in arguments[(is_grading ? 3 : 1):end]
        lines = readlines(path)
        header = match(r"\"loss\":\"(\w+)\".*\"format\":\"(\w+)\"", lines[1]) # the first line says what the others are
        rows = [match(VECTOR, line).captures for line in lines[2:end]]
        is_grading && grade_file(header[1], header[2], rows, answers)
        is_grading || foreach(row -> print_row(row, FORMATS[header[2]]), rows)
    end
end

main(ARGS)
