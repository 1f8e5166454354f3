// Losses for lossref to judge: `lossref check cmd:./adapter` starts this (`lossref protocol` explains it).
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
)

// EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of one.
// A call is for one example: x["logits"] has the numbers of an input or option, mostly one, by those names. It returns
// the value and the gradient in the first input. A panic is answered as an error; one with declined and a reason says
// that you do not take the question: the batch is left out, and counted, not judged.
type declined string

func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func sigmoid(x float64) float64 { return math.Exp(math.Min(x, 0)) / (1 + math.Exp(-math.Abs(x))) }

func sigmoidCrossEntropy(x map[string]numbers) (value float64, slopes []float64) {
	z, y := x["logits"][0], x["target"][0]
	// if y != 0 && y != 1 { panic(declined("hard labels only")) }
	if y != 0 { // two terms of one sign: nothing cancels; a label of 0 or 1 leaves one of them
		value += y * softplus(-z)
	}
	if y != 1 {
		value += (1 - y) * softplus(z)
	}
	return value, []float64{(1-y)*sigmoid(z) - y*sigmoid(-z)}
}

func softmaxCrossEntropy(x map[string]numbers) (value float64, slopes []float64) {
	z, target, top, rest, others := x["logits"], int(x["target"][0]), 0, 0.0, 0.0
	for j := range z {
		if z[j] > z[top] {
			top = j
		}
	}
	for j := range z {
		slopes = append(slopes, 1)
		if j != top {
			slopes[j] = math.Exp(z[j] - z[top])
			rest += slopes[j] // without the largest, 1, in which small ones would drown
		}
		if j != target {
			others += slopes[j]
		}
	}
	slopes[target] = -others // p - 1, without a difference
	for j := range slopes {
		slopes[j] /= 1 + rest
	}
	if target != top {
		value = z[top] - z[target]
	}
	return value + math.Log1p(rest), slopes
}

var losses = map[string]loss{
	"sigmoid_cross_entropy": {[]string{"value", "gradient"}, sigmoidCrossEntropy},
	"softmax_cross_entropy": {[]string{"value", "gradient"}, softmaxCrossEntropy},
}

// The rest can stay as it is.
type loss struct {
	Parts []string `json:"parts"`
	run   func(map[string]numbers) (float64, []float64)
}

type numbers []float64 // bits in a string, a class index, or a list of those

func (x *numbers) UnmarshalJSON(text []byte) (err error) {
	var list []numbers
	var bits uint64
	if text[0] == '[' {
		err = json.Unmarshal(text, &list)
		for _, one := range list {
			*x = append(*x, one...)
		}
		return err
	}
	if text[0] != '"' {
		var index float64
		index, err = strconv.ParseFloat(string(text), 64)
		*x = numbers{index}
	} else if bits, err = strconv.ParseUint(string(text[1:len(text)-1]), 16, 64); len(text) == 10 {
		*x = numbers{float64(math.Float32frombits(uint32(bits)))}
	} else {
		*x = numbers{math.Float64frombits(bits)}
	}
	return err
}

type message struct {
	Type, Loss, Part, Format string
	Sequence                 int64
	Inputs                   map[string][]numbers
	Options                  map[string]json.RawMessage
}

func encode(x float64, format string) string {
	if format == "float64" {
		return fmt.Sprintf("%016x", math.Float64bits(x))
	}
	return fmt.Sprintf("%08x", math.Float32bits(float32(x)))
}

func answer(m message, isVector bool) (reply map[string]any) {
	defer func() {
		problem := recover()
		if reason, isDeclined := problem.(declined); isDeclined {
			reply = map[string]any{"type": "unsupported", "sequence": m.Sequence, "reason": reason}
		} else if problem != nil {
			reply = map[string]any{"type": "error", "sequence": m.Sequence, "message": fmt.Sprintf("%.1000v", problem)}
		}
	}()
	isKnown, examples, answers := false, []map[string]numbers{}, []any{}
	for _, part := range losses[m.Loss].Parts {
		isKnown = isKnown || part == m.Part
	}
	if !isKnown {
		return map[string]any{"type": "unsupported", "sequence": m.Sequence, "reason": "not in losses"}
	}
	if _, isCall := m.Options["reduction"]; isCall {
		return map[string]any{"type": "unsupported", "sequence": m.Sequence, "reason": "single examples only"}
	}
	for name, batch := range m.Inputs {
		for i, entry := range batch {
			if i == len(examples) {
				examples = append(examples, map[string]numbers{})
			}
			examples[i][name] = entry
		}
	}
	for _, example := range examples {
		for name, bits := range m.Options {
			option := numbers{}
			if err := json.Unmarshal(bits, &option); err != nil {
				panic(err)
			}
			example[name] = option
		}
		value, slopes := losses[m.Loss].run(example)
		list := []string{}
		for _, slope := range slopes {
			list = append(list, encode(slope, m.Format))
		}
		if m.Part == "value" {
			answers = append(answers, encode(value, m.Format))
		} else if isVector {
			answers = append(answers, list)
		} else {
			answers = append(answers, list[0])
		}
	}
	return map[string]any{"type": "result", "sequence": m.Sequence, "answer": answers}
}

func main() {
	lines, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		m := message{}
		if err != nil || json.Unmarshal(line, &m) != nil || m.Type == "bye" {
			return
		}
		if m.Type == "hello" {
			out.Encode(map[string]any{"type": "hello", "protocol": 2, "name": "mine", "language": "Go", "version": "1",
				"command": "./adapter", "formats": []string{"float64", "float32"}, "losses": losses})
		} else {
			out.Encode(answer(m, bytes.Contains(line, []byte(`":[[`))))
		}
	}
}
