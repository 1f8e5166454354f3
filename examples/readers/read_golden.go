// Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas):
//
//	go run read_golden.go golden/binary/sigmoid_cross_entropy.float64.jsonl
//	go run read_golden.go --grade answers.txt golden/binary/sigmoid_cross_entropy.float64.jsonl
//
// The first prints inputs, options and the right answers. Inputs are printed as `ID NAME NUMBER ...` in decimal digits.
// Answers, printed or given to be graded, are lines `ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`;
// one without numbers says that an answer failed.
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

var parts = []string{"value", "gradient", "hessian"}
var regions = []string{"ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special"}
var levels = []string{"A+", "A", "B", "C", "D", "F"}

const apart = 6 // from here on regions stand beside the headline

// 2^least is the least positive number; all are below 2^top.
type format struct{ precision, least, top int }

var formats = map[string]format{"float64": {53, -1074, 1024}, "float32": {24, -149, 128}}

type header struct{ Loss, Format string }

type row struct {
	ID, Region                         string
	Inputs, Options, Gradient, Hessian ordered
	Value                              json.RawMessage
}

// What an object holds, in its order, which a map would lose.
type ordered struct {
	names  []string
	values []json.RawMessage
}

func (found *ordered) UnmarshalJSON(text []byte) error {
	tokens := json.NewDecoder(bytes.NewReader(text))
	_, err := tokens.Token() // {
	for err == nil && tokens.More() {
		var name json.Token
		var value json.RawMessage
		if name, err = tokens.Token(); err == nil {
			err = tokens.Decode(&value)
		}
		found.names, found.values = append(found.names, fmt.Sprint(name)), append(found.values, value)
	}
	return err
}

type part struct {
	Rounded, K, S []string
	Residual      []float64
	Interval      [][2]string
}

// One component; at an exact kink nothing is rounded, and away from one there are no ends.
type truth struct {
	isRounded, hasEnds                    bool
	rounded, residual, low, high, k, size float64
}

// The worst of many numbers' errors.
type tally struct {
	isExact, isLost bool
	e1, e2, e3      float64
}

var right, failed = tally{isExact: true}, tally{e1: math.Inf(1), e2: math.Inf(1), e3: math.Inf(1)}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func decode(bits string) float64 {
	whole, err := strconv.ParseUint(bits, 16, 64)
	check(err)
	if len(bits) == 16 {
		return math.Float64frombits(whole)
	}
	return float64(math.Float32frombits(uint32(whole)))
}

func encode(number float64, form format) string {
	if form.precision == 53 {
		return fmt.Sprintf("%016x", math.Float64bits(number))
	}
	return fmt.Sprintf("%08x", math.Float32bits(float32(number)))
}

// Each component of a part; none where it is not judged.
func truths(vector row, place int) (found []truth) {
	objects := [][]json.RawMessage{{vector.Value}, vector.Gradient.values, vector.Hessian.values}[place]
	value := part{}
	check(json.Unmarshal(vector.Value, &value))
	for _, bits := range value.Rounded {
		isCall := strings.Contains(strings.Join(vector.Options.names, " "), "reduction")
		if place > 0 && isCall && position(vector.Region) < apart && math.IsNaN(decode(bits)) {
			return nil // the slope of a mean over nothing
		}
	}
	for _, object := range objects {
		one := part{}
		check(json.Unmarshal(object, &one))
		if one.Rounded == nil && one.Interval == nil {
			return nil // the loss jumps
		}
		for i, k := range one.K {
			t := truth{isRounded: one.Rounded != nil, hasEnds: one.Interval != nil, k: decode(k)}
			t.size = decode(one.S[0])
			if len(one.S) > 1 {
				t.size = decode(one.S[i])
			}
			if t.isRounded {
				t.rounded, t.residual = decode(one.Rounded[i]), one.Residual[i]
				t.low, t.high = t.rounded, t.rounded
			}
			if t.hasEnds {
				t.low, t.high = decode(one.Interval[i][0]), decode(one.Interval[i][1])
			}
			found = append(found, t)
		}
	}
	return found
}

func position(region string) int {
	for k, known := range regions {
		if known == region {
			return k
		}
	}
	log.Fatalf("%q is no region: this is no golden data", region)
	return -1
}

func (form format) ulp(x float64) float64 {
	_, exponent := math.Frexp(x)
	if x == 0 || exponent-form.precision < form.least {
		return math.Ldexp(1, form.least)
	}
	return math.Ldexp(1, exponent-form.precision)
}

func (form format) ulpOfExact(rounded, residual float64) float64 {
	unit := form.ulp(rounded) // just below a power of two the spacing is half of that above
	isBelow := math.Abs(rounded) == math.Ldexp(unit, form.precision-1) && residual*rounded < 0
	if isBelow && unit > math.Ldexp(1, form.least) {
		return unit / 2
	}
	return unit
}

// A power of two by which no sum overflows and no product underflows.
func scale(numbers ...float64) float64 {
	largest := 0.0
	for _, x := range numbers {
		largest = math.Max(largest, math.Abs(x))
	}
	if largest < math.Ldexp(1, -400) {
		return math.Ldexp(1, 500)
	} else if largest > math.Ldexp(1, 1000) {
		return math.Ldexp(1, -100)
	}
	return 1
}

// How far y is outside of [low + rest, high + rest], scaled; an infinity counts as 2^top.
func (form format) distance(y, low, high, rest, by float64) float64 {
	if math.IsInf(y, 0) {
		y = math.Copysign(math.Ldexp(by, form.top), y)
	} else {
		y *= by
	}
	return math.Max(math.Max((low*by-y)+rest, (y-high*by)-rest), 0)
}

func (form format) measure(y float64, t truth) tally {
	if t.isRounded && (math.IsNaN(t.rounded) || math.IsInf(t.rounded, 0)) {
		if y == t.rounded || (math.IsNaN(y) && math.IsNaN(t.rounded)) {
			return right
		}
		return failed
	}
	if math.IsNaN(y) {
		return failed
	}
	by, near := scale(y, t.low, t.high, t.k), scale(y, t.rounded)
	step, unitOfExact := form.ulp(t.rounded), form.ulpOfExact(t.rounded, t.residual)
	unit, rest, k := unitOfExact, t.residual/65536*(step*by), t.k*by
	if t.hasEnds {
		unit, rest = form.ulp(math.Max(math.Abs(t.low), math.Abs(t.high))), 0
	}
	outside := form.distance(y, t.low, t.high, rest, by)
	e1, isExact := outside/(unit*by), outside == 0
	if t.isRounded {
		e1 = form.distance(y, t.rounded, t.rounded, t.residual/65536*(step*near), near) / (unitOfExact * near)
		isExact = y == t.rounded
	}
	leastNormal := math.Ldexp(1, form.least+form.precision-1)
	e3 := 2 * outside / (math.Ldexp(math.Max(t.size, leastNormal)*by, 1-form.precision) + k)
	if math.IsInf(y, 0) && e3 > 16 {
		e3 = math.Inf(1)
	}
	least, inward, isOther := math.Min(math.Abs(t.low), math.Abs(t.high))*by, rest, y <= 0
	if t.low < 0 {
		inward, isOther = -rest, y >= 0
	}
	hasSign := (t.low > 0 && t.high > 0) || (t.low < 0 && t.high < 0)
	matters := hasSign && (least-leastNormal*by)+inward >= 0 && (least-4*k)+inward > 0
	isLost := matters && outside > 0 && (isOther || math.IsInf(y, 0))
	return tally{isExact, isLost, e1, 2 * outside / (unit*by + k), e3}
}

func worse(a, b tally) tally {
	return tally{a.isExact && b.isExact, a.isLost || b.isLost,
		math.Max(a.e1, b.e1), math.Max(a.e2, b.e2), math.Max(a.e3, b.e3)}
}

// The place in levels.
func (form format) grade(worst tally) int {
	switch {
	case worst.isExact:
		return 0
	case worst.e1 <= 1 && !worst.isLost:
		return 1
	case worst.e2 <= 8 && !worst.isLost:
		return 2
	case worst.e3 <= 16:
		return 3
	case worst.e3 <= math.Pow(2, float64(form.precision)/2):
		return 4
	}
	return 5
}

func gradeFile(head header, rows []row, answers map[string][]string) {
	form := formats[head.Format]
	for place, name := range parts {
		tallies := map[int]tally{}
		for _, vector := range rows {
			expected := truths(vector, place)
			got, isAnswered := answers[vector.ID+" "+name]
			if len(expected) == 0 || !isAnswered {
				continue
			}
			worst, isGraded := tallies[position(vector.Region)]
			if !isGraded {
				worst = right
			}
			for i, t := range expected {
				if len(got) == len(expected) {
					worst = worse(worst, form.measure(decode(got[i]), t))
				} else {
					worst = failed
				}
			}
			tallies[position(vector.Region)] = worst
		}
		counted, beside := -1, -1
		for k, region := range regions {
			if worst, isGraded := tallies[k]; isGraded {
				level := form.grade(worst)
				fmt.Println(head.Loss, head.Format, name, region, levels[level])
				if k >= apart {
					beside = max(beside, level)
				} else {
					counted = max(counted, level)
				}
			}
		}
		if counted < 0 {
			counted = beside
		}
		if counted >= 0 {
			fmt.Println(head.Loss, head.Format, name, "headline", levels[counted])
		}
	}
}

// Every number and word of a nest of lists, or the only one; bits as decimal digits.
func words(nested any) (all []string) {
	list, isList := nested.([]any)
	for _, inner := range list {
		all = append(all, words(inner)...)
	}
	if isList {
		return all
	}
	bits, isText := nested.(string)
	if isText && (len(bits) == 16 || len(bits) == 8) && strings.Trim(bits, "0123456789abcdef") == "" {
		return []string{strconv.FormatFloat(decode(bits), 'g', 17, 64)}
	}
	return []string{fmt.Sprint(nested)}
}

func printRow(vector row, form format) {
	for _, object := range []ordered{vector.Inputs, vector.Options} {
		for i, name := range object.names {
			var value any
			check(json.Unmarshal(object.values[i], &value))
			fmt.Println(vector.ID, name, strings.Join(words(value), " "))
		}
	}
	for place, name := range parts {
		list := []string{}
		for _, t := range truths(vector, place) {
			if !t.isRounded {
				t.rounded = t.low // at a kink the least slope stands for all
			}
			list = append(list, encode(t.rounded, form))
		}
		if len(list) > 0 {
			fmt.Println(vector.ID, name, strings.Join(list, " "))
		}
	}
}

// Calls a function with each line of a file.
func eachLine(path string, call func(number int, line []byte)) {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<26)
	for number := 0; lines.Scan(); number++ {
		call(number, lines.Bytes())
	}
	check(lines.Err())
}

func main() {
	paths, answers := os.Args[1:], map[string][]string{}
	isGrading := len(paths) > 1 && paths[0] == "--grade"
	if isGrading {
		eachLine(paths[1], func(_ int, line []byte) {
			found := strings.Fields(string(line))
			answers[found[0]+" "+found[1]] = found[2:]
		})
		paths = paths[2:]
	}
	for _, path := range paths {
		head, rows := header{}, []row{}
		eachLine(path, func(number int, line []byte) {
			if number == 0 { // the first line says what the others are
				check(json.Unmarshal(line, &head))
				return
			}
			vector := row{}
			check(json.Unmarshal(line, &vector))
			rows = append(rows, vector)
		})
		if _, isKnown := formats[head.Format]; !isKnown {
			log.Fatalf("%s is no golden data", path)
		}
		if isGrading {
			gradeFile(head, rows, answers)
			continue
		}
		for _, vector := range rows {
			printRow(vector, formats[head.Format])
		}
	}
}
