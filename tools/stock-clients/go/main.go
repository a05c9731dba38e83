// Sends or consumes through the stock Go client. Rows go to standard output, what the client logs to standard error.
//
//	stock-client producer <NameServers> <topic> <number of messages> <messages per second>
//	stock-client consumer <NameServers> <topic>
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/apache/rocketmq-client-go/v2/rlog"
)

func main() {
	rlog.SetLogLevel("warn")
	role, nameServers, topic := os.Args[1], strings.Split(os.Args[2], ";"), os.Args[3]
	var err error
	switch role {
	case "producer":
		err = produce(nameServers, topic, number(os.Args[4]), number(os.Args[5]))
	case "consumer":
		err = consume(nameServers, topic)
	default:
		err = fmt.Errorf("%s is neither producer nor consumer", role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func wallMs() int64 {
	return time.Now().UnixMilli()
}

// One call each: lines of concurrent callers must not mix.
func printRows(rows ...[]string) {
	var lines strings.Builder
	for _, row := range rows {
		lines.WriteString(strings.Join(row, "\t") + "\n")
	}
	os.Stdout.WriteString(lines.String())
}
