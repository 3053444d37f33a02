%% chain_bench.erl: erl … -s chain_bench -extra WHAT PROCESSES LOOPS WARM prints one line of JSON.
%%   events                 the sequence of ../README.md in each of PROCESSES chains, in random order: WARM loops, then LOOPS measured
%%   live, hibernated       memory of PROCESSES chains that wait with a timer pending
-module(chain_bench).
-export([main/0]).

main() ->
    [What | Numbers] = init:get_plain_arguments(),
    Status = try
        run(list_to_atom(What), [list_to_integer(N) || N <- Numbers]),
        0
    catch
        _:Problem -> io:format(standard_error, "chain_bench: ~0p~n", [Problem]), 1
    end,
    halt(Status).

run(events, [Count, Loops, Warm]) ->
    {Chains, CreateNs} = create(Count),
    Order = shuffled(Chains),
    play(Order, Warm),
    Before = cpu_ns(),
    play(Order, Loops),
    Used = max(cpu_ns() - Before, tick_ns()),
    Expected = {next_record, 3, 3, 3 * (Loops + Warm), answer, <<"15551234567">>, 30},
    [Expected = gen_statem:call(Chain, inspect) || Chain <- Chains],
    Events = 7 * Loops * Count,
    io:format("{\"events\": ~b, \"cpu_s\": ~.2f, \"events_per_cpu_s\": ~b, \"create_cpu_ns\": ~b}~n",
              [Events, Used / 1.0e9, Events * 1000000000 div Used, CreateNs]);
run(live, [Count | _]) -> keep(Count, pend);
run(hibernated, [Count | _]) -> keep(Count, pend_and_hibernate).

%% A thousand at a time, so that what chains free when they hibernate serves the next ones.
keep(Count, How) ->
    Before = resident_bytes(),
    One = fill(Count, How),
    Bytes = resident_bytes() - Before,
    {wait, 1, 3, 1, busy, <<"15551234567">>, 10} = gen_statem:call(One, inspect),
    io:format("{\"processes\": ~b, \"rss_bytes_each\": ~b}~n", [Count, Bytes div Count]).

%% -> one of them
fill(Left, How) ->
    Some = start(min(Left, 1000)),
    [send(Some, Event) || Event <- [start, {record, <<"15551234567">>}, {callresult, busy}, How]],
    if Left =< 1000 -> hd(Some); true -> fill(Left - 1000, How) end.

%% -> {chains that have heard start, CPU time for each}
create(Count) ->
    Before = cpu_ns(),
    Chains = start(Count),
    send(Chains, start),
    {Chains, (cpu_ns() - Before) div Count}.

start(Count) -> [begin {ok, Chain} = chain:start(), Chain end || _ <- lists:seq(1, Count)].

play(_, 0) -> ok;
play([Chain], Loops) ->
    [Chain ! Event || Event <- sequence()],
    settle(),
    play([Chain], Loops - 1);
play(Order, Loops) ->
    [send(Order, Event) || Event <- sequence()],
    play(Order, Loops - 1).

sequence() ->
    [{record, <<"15551234567">>}, {callresult, busy}, timeout, {callresult, no_answer}, timeout, {callresult, answer}, next].

send(Chains, Event) ->
    lists:foreach(fun(Chain) -> Chain ! Event end, Chains),
    settle().

%% Returns when every chain is idle again.
settle() ->
    erlang:yield(),
    case erlang:statistics(total_active_tasks) of
        1 -> ok;
        _ -> settle()
    end.

%% Random, and always the same.
shuffled(Chains) ->
    rand:seed(exsss, 42),
    [Chain || {_, Chain} <- lists:sort([{rand:uniform(), Chain} || Chain <- Chains])].

%% Of the whole process, as the operating system counts it.
cpu_ns() ->
    {ok, Text} = file:read_file("/proc/self/stat"),
    [_, After] = string:split(Text, ") "),
    Fields = string:lexemes(After, " "),
    (binary_to_integer(lists:nth(12, Fields)) + binary_to_integer(lists:nth(13, Fields))) * tick_ns().

tick_ns() -> 10000000.

resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    binary_to_integer(lists:nth(2, string:lexemes(Text, " "))) * 4096.
