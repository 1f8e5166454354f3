// Reads golden data with the standard library alone:
//
//	go run read_golden.go golden/binary/sigmoid_cross_entropy.float64.jsonl
//
// Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A
// call, with "reduction" among its options, has several examples and, unreduced, several values: commas separate them.
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
	Format, ID string
	Inputs     json.RawMessage // in the order of the loss, which a map would lose
	Value      struct{ Rounded []string }
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

// Every string of a nest of lists.
func flat(nested any) (all []string) {
	if bits, isOne := nested.(string); isOne {
		return []string{bits}
	}
	for _, inner := range nested.([]any) {
		all = append(all, flat(inner)...)
	}
	return all
}

func firstInput(inputs json.RawMessage) []string {
	tokens := json.NewDecoder(bytes.NewReader(inputs))
	tokens.Token() // {
	tokens.Token() // its name
	var input any
	if err := tokens.Decode(&input); err != nil {
		log.Fatal(err)
	}
	return flat(input)
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
		inputs, values, digits := firstInput(vector.Inputs), vector.Value.Rounded, []string{}
		for _, list := range [][]string{inputs, values} {
			for i, bits := range list {
				list[i] = encode(decode(bits), format)
			}
		}
		for _, bits := range values {
			digits = append(digits, strconv.FormatFloat(decode(bits), 'g', 17, 64))
		}
		fmt.Println(vector.ID, strings.Join(inputs, ","), strings.Join(values, ","), strings.Join(digits, ","))
	}
}
