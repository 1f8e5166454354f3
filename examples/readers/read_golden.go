// Reads golden data with the standard library alone:
//
//	go run read_golden.go golden/binary/sigmoid_cross_entropy.float64.jsonl
//
// Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"strconv"
	"strings"
)

type row struct {
	Format, ID, Value string
	Inputs            json.RawMessage // in the order of the loss, which a map would lose
}

func decode(bits string) float64 {
	whole, err := strconv.ParseUint(bits, 16, 64)
	if err != nil {
		log.Fatal(err)
	}
	if len(bits) == 16 {
		return math.Float64frombits(whole)
	}
	return float64(math.Float32frombits(uint32(whole)))
}

func encode(number float64, format string) string {
	if format == "float64" {
		return fmt.Sprintf("%016x", math.Float64bits(number))
	}
	return fmt.Sprintf("%08x", math.Float32bits(float32(number)))
}

// The bits of the first input: a string, or a list of strings.
func firstInput(inputs json.RawMessage) (all []string) {
	tokens := json.NewDecoder(bytes.NewReader(inputs))
	tokens.Token() // {
	tokens.Token() // its name
	var input any
	if err := tokens.Decode(&input); err != nil {
		log.Fatal(err)
	}
	if one, isOne := input.(string); isOne {
		return []string{one}
	}
	for _, bits := range input.([]any) {
		all = append(all, bits.(string))
	}
	return all
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	format, lines := "", bufio.NewScanner(file)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		vector := row{}
		if err := json.Unmarshal(lines.Bytes(), &vector); err != nil {
			log.Fatal(err)
		}
		if vector.ID == "" { // the first line says what the others are
			format = vector.Format
			continue
		}
		all := firstInput(vector.Inputs)
		for i, bits := range all {
			all[i] = encode(decode(bits), format)
		}
		value := decode(vector.Value)
		fmt.Println(vector.ID, strings.Join(all, ","), encode(value, format), strconv.FormatFloat(value, 'g', 17, 64))
	}
}
