%% chain.erl: bench/chain.scxml written by hand as a gen_statem. Events are plain messages, the cheapest that OTP has.
-module(chain).
-behaviour(gen_statem).
-export([start/0, callback_mode/0, init/1, idle/3, next_record/3, dialing/3, wait/3, chain_done/3]).

-define(DAY_MS, 86400000).

-record(data, {attempts = 0, max_attempts = 3, calls = 0, last_result = none, phone = none, delay = 10}).

start() -> gen_statem:start(?MODULE, [], []).

callback_mode() -> state_functions.

init([]) -> {ok, idle, #data{}}.

idle(info, start, Data) -> {next_state, next_record, Data};
idle(info, _, _) -> keep_state_and_data.

next_record(info, {record, Phone}, Data) -> dial(Data#data{attempts = 0, phone = Phone});
next_record(Type, Event, Data) -> anywhere(Type, Event, next_record, Data).

dialing(info, {callresult, busy}, #data{attempts = Made, max_attempts = Most} = Data) when Made < Most ->
    {next_state, wait, Data#data{delay = 10, last_result = busy}};
dialing(info, {callresult, no_answer}, #data{attempts = Made, max_attempts = Most} = Data) when Made < Most ->
    {next_state, wait, Data#data{delay = 30, last_result = no_answer}};
dialing(info, {callresult, answer}, Data) -> {next_state, chain_done, Data#data{last_result = answer}};
dialing(info, {callresult, _}, Data) -> {next_state, chain_done, Data};
dialing(Type, Event, Data) -> anywhere(Type, Event, dialing, Data).

wait(info, timeout, Data) -> dial(Data);
wait({timeout, retry}, timeout, Data) -> dial(Data);
wait(Type, Event, Data) -> anywhere(Type, Event, wait, Data).

chain_done(info, next, Data) -> {next_state, next_record, Data};
chain_done(Type, Event, Data) -> anywhere(Type, Event, chain_done, Data).

dial(#data{attempts = Made, calls = Calls} = Data) ->
    {next_state, dialing, Data#data{attempts = Made + 1, calls = Calls + 1}}.

%% What the outer state hears; and what the bench asks of a chain that is no part of the chart: a pending timer, and how it is.
anywhere(info, stop, _, _) -> stop;
anywhere(info, pend, _, _) -> {keep_state_and_data, [{{timeout, retry}, ?DAY_MS, timeout}]};
anywhere(info, pend_and_hibernate, _, _) -> {keep_state_and_data, [{{timeout, retry}, ?DAY_MS, timeout}, hibernate]};
anywhere({call, From}, inspect, State, #data{attempts = A, max_attempts = M, calls = C, last_result = L, phone = P, delay = D}) ->
    {keep_state_and_data, [{reply, From, {State, A, M, C, L, P, D}}]};
anywhere(_, _, _, _) -> keep_state_and_data.
