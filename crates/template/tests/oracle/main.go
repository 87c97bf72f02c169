// Records what Go's text/template with Sprig makes of the templates of cases.txt: one JSON object in a line, first the data.
//
//	cd crates/template/tests/oracle && go run . > ../data/go.jsonl
//
// Each template is executed twice: with numbers as float64, and as json.Number (`numbers`, where that makes a difference).
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// Recorded is what became of a template.
type Recorded struct {
	Template string   `json:"template,omitempty"`
	Out      *string  `json:"out,omitempty"`
	Error    string   `json:"error,omitempty"`
	Numbers  *Recorded `json:"numbers,omitempty"`
}

func main() {
	text, err := os.ReadFile("data.json")
	check(err)
	cases, err := os.ReadFile("cases.txt")
	check(err)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	write(out, map[string]json.RawMessage{"data": bytes.TrimSpace(text)})
	for _, line := range strings.Split(string(cases), "\n") {
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		source := strings.ReplaceAll(line, "¶", "\n")
		recorded := run(source, decode(text, false))
		numbers := run(source, decode(text, true))
		if recorded.Error != numbers.Error || (recorded.Out != nil && *recorded.Out != *numbers.Out) {
			recorded.Numbers = &numbers
		}
		recorded.Template = source
		write(out, recorded)
	}
}

func decode(text []byte, numbers bool) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if numbers {
		decoder.UseNumber()
	}
	var data any
	check(decoder.Decode(&data))
	return data
}

func run(source string, data any) Recorded {
	functions := sprig.TxtFuncMap()
	// In any order there: sorted here.
	functions["keys"] = func(maps ...map[string]any) []string {
		all := []string{}
		for _, one := range maps {
			all = append(all, sorted(one)...)
		}
		return all
	}
	functions["values"] = func(one map[string]any) []any {
		all := []any{}
		for _, key := range sorted(one) {
			all = append(all, one[key])
		}
		return all
	}
	parsed, err := template.New("t").Funcs(functions).Parse(source)
	if err != nil {
		return Recorded{Error: err.Error()}
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		return Recorded{Error: err.Error()}
	}
	written := out.String()
	return Recorded{Out: &written}
}

func sorted(one map[string]any) []string {
	keys := make([]string, 0, len(one))
	for key := range one {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func write(out *bufio.Writer, value any) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
