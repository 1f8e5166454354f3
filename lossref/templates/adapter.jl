# Losses for lossref to judge: `lossref check "cmd:julia adapter.jl"` starts this (`lossref protocol` explains it).

# EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of one.
# A call is for one example, by those names, and returns a number, or a vector for a gradient in a vector. It throws
# Declined with a reason where you do not take the question: the batch is left out, and counted, not judged.
struct Declined <: Exception
    reason::String
end

softplus(x) = max(x, 0.0) + log1p(exp(-abs(x)))
sigmoid(x) = (x < 0 ? exp(x) : 1.0) / (1.0 + exp(-abs(x)))

function sigmoid_value(; logits, target)
    # target in (0, 1) || throw(Declined("hard labels only"))
    no, yes = 1.0 - target, target # two terms of one sign: nothing cancels; a label of 0 or 1 leaves one of them
    return (no == 0 ? 0.0 : no * softplus(logits)) + (yes == 0 ? 0.0 : yes * softplus(-logits))
end

sigmoid_gradient(; logits, target) = (1.0 - target) * sigmoid(logits) - target * sigmoid(-logits)

function softmax(; logits, target)
    top, truth = argmax(logits), target + 1 # classes are counted from 0
    weights = exp.(logits .- logits[top])
    weights[top] = 0.0
    rest = sum(weights) # without the largest, 1, in which small ones would drown
    weights[top] = 1.0
    weights[truth] = 0.0
    weights[truth] = -sum(weights) # p - 1, without a difference
    lag = truth == top ? 0.0 : logits[top] - logits[truth]
    return (value = lag + log1p(rest), gradient = weights ./ (1.0 + rest))
end

softmax_value(; logits, target) = softmax(; logits = logits, target = target).value
softmax_gradient(; logits, target) = softmax(; logits = logits, target = target).gradient

const LOSSES = [
    ("sigmoid_cross_entropy", "value", sigmoid_value),
    ("sigmoid_cross_entropy", "gradient", sigmoid_gradient),
    ("softmax_cross_entropy", "value", softmax_value),
    ("softmax_cross_entropy", "gradient", softmax_gradient),
]

# The rest can stay as it is.
const RUN = r"""sequence":(\d+),"loss":"(\w+)","part":"(\w+)","format":"(\w+)","inputs":\{(.*)\},"options":\{(.*)\}"""
const INPUT = r"""(\w+)":(\[\[.*?\]\]|\[[^\[]*?\]|"\w+")"""

function decode(text) # a list, a class index, or bits
    startswith(text, "[") && return [decode(word) for word in split(text[2:end-1], ",")]
    startswith(text, "\"") || return parse(Int, text)
    bits = text[2:end-1]
    length(bits) == 16 && return reinterpret(Float64, parse(UInt64, bits; base = 16))
    return Float64(reinterpret(Float32, parse(UInt32, bits; base = 16)))
end

# The entries of a batch, each as text; an option, one for all examples, is a text alone.
function entries(text)
    startswith(text, "[[") && return ["[$row]" for row in split(text[3:end-2], "],[")]
    return startswith(text, "[") ? split(text[2:end-1], ",") : text
end

encode(x::AbstractVector, format) = "[" * join([encode(y, format) for y in x], ",") * "]"
function encode(x, format)
    format == "float64" && return "\"" * string(reinterpret(UInt64, Float64(x)); base = 16, pad = 16) * "\""
    return "\"" * string(reinterpret(UInt32, Float32(x)); base = 16, pad = 8) * "\""
end

function answer(line)
    sequence, loss, part, format, inputs, options = match(RUN, line).captures
    known = findfirst(row -> row[1] == loss && row[2] == part, LOSSES)
    known === nothing && return """{"type":"unsupported","sequence":$sequence,"reason":"not in LOSSES"}"""
    reason = "single examples only"
    occursin("\"reduction\":", options) && return """{"type":"unsupported","sequence":$sequence,"reason":"$reason"}"""
    named = [Symbol(found[1]) => entries(found[2]) for found in eachmatch(INPUT, inputs * "," * options)]
    try
        examples = 1:length(named[1][2])
        one(i) = [name => decode(batch isa AbstractString ? batch : batch[i]) for (name, batch) in named]
        answers = [encode(LOSSES[known][3](; one(i)...), format) for i in examples]
        return """{"type":"result","sequence":$sequence,"answer":[$(join(answers, ","))]}"""
    catch problem
        problem isa Declined && return """{"type":"unsupported","sequence":$sequence,"reason":"$(problem.reason)"}"""
        message = replace(first(sprint(showerror, problem), 500), r"[^ -~]|[\"\\]" => " ")
        return """{"type":"error","sequence":$sequence,"message":"$message"}"""
    end
end

function hello()
    parts(name) = join(["\"$(row[2])\"" for row in LOSSES if row[1] == name], ",")
    losses = join(["\"$name\":{\"parts\":[$(parts(name))]}" for name in unique(first.(LOSSES))], ",")
    about = """ "name":"mine","language":"Julia","version":"1","command":"julia adapter.jl" """
    return """{"type":"hello","protocol":2,$about,"formats":["float64","float32"],"losses":{$losses}}"""
end

for line in eachline(stdin)
    startswith(line, """{"type":"bye\"""") && break
    println(startswith(line, """{"type":"hello\"""") ? hello() : answer(line))
    flush(stdout)
end
