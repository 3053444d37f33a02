// history_sender.cpp: a window over the outbox of each receiver.
#include "actors/history_sender.hpp"

#include <algorithm>
#include <limits>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/cluster/lease.hpp"
#include "actors/keeper.hpp"
#include "actors/limits.hpp"
#include "actors/validators.hpp"

namespace chainring::actors {

namespace {

/// After the dialer.
constexpr int history_clock_order = 200;
constexpr unsigned http_ok = 200;
/// Between two counts of what waits, which are the keeper's work: a second or two for a million records.
constexpr std::int64_t between_counts_ms = 10'000;

/// The receiver is there, and will not take this record; others say nothing about the record.
bool refuses_the_record(unsigned status) {
  for (const unsigned one : {400u, 409u, 410u, 413u, 415u, 422u})
    if (status == one) return true;
  return false;
}

std::int64_t wait_ms(std::uint32_t tries) {
  back_off waits;
  std::int64_t ms = 0;
  for (std::uint32_t n = 0; n < std::min(tries, limits::history_tries_max); ++n) ms = waits.next_ms();
  return ms;
}

/// Of a record that is refused for what it says: it will hardly be taken soon.
std::int64_t refused_wait_ms(std::uint32_t tries) {
  constexpr std::uint32_t doublings_max = 16;
  const auto doubled = limits::back_off_min * (std::int64_t{1} << std::min(tries - 1, doublings_max));
  return std::min<std::chrono::milliseconds>(doubled, limits::history_refused_wait_max).count();
}

/// Never below none: of a chain that has just come here, others may have counted them. On the keeper's thread.
void count_gone(std::atomic<std::uint64_t>& waiting, std::uint64_t records) { waiting -= std::min(waiting.load(), records); }

} // namespace

history_sender::history_sender(caf::actor_config& cfg, history_terms terms)
    : control_actor(cfg, terms.view->mailbox), terms_(std::move(terms)), due_(std::make_shared<std::atomic<bool>>(false)) {
  for (auto& uri : terms_.receivers) receivers_.push_back({.uri = std::move(uri)});
}

void history_sender::tell(const caf::actor& sender, history_view& view, actors::clock& time) {
  if (!view.told_.exchange(true)) caf::anon_send(sender, history_stored{time.begin_work()});
}

caf::behavior history_sender::make_behavior() {
  participant setup;
  setup.name = "history";
  setup.order = history_clock_order;
  setup.wake = [self = caf::actor{this}, due = due_](work token) {
    if (!due->exchange(true)) caf::anon_send(self, look_after_history{std::move(token)});
  };
  deadline_ = terms_.clock->join(std::move(setup));
  return counted(
      [this](history_stored&) {
        terms_.view->rests_ = false; // before told_: settled() must not see neither
        terms_.view->told_ = false;
        for (auto& r : receivers_) r.more = true;
        turn();
      },
      [this](history_read& got) { take(got); }, [this](history_answered& got) { take(got); },
      [this](look_after_history&) {
        due_->store(false);
        turn();
      },
      [this](const shards_gained&) { take_on(); }, [this](const put_shards_away& p) { return put_away(p); });
}

void history_sender::on_exit() {
  deadline_.reset();
  for (auto& one : leaving_) one.away.deliver(chains_are_away{}); // nothing leaves from here any more
}

// -- what may be done now --------------------------------------------------------------------------------------------------

bool history_sender::away(const receiver& r) const {
  return r.failures >= limits::history_failures_max || r.refusals >= limits::history_refusals_max;
}

/// A run in virtual time has to end: it does not wait for a receiver that is away, whose back-off costs no time.
bool history_sender::given_up(const receiver& r) const {
  return terms_.clock->is_virtual() && r.waits.failures() >= limits::history_tries_max;
}
bool history_sender::given_up(std::uint32_t tries) const {
  return terms_.clock->is_virtual() && tries >= limits::history_tries_max;
}

/// Of one that is away, what finds out whether it is back.
bool history_sender::wants_more(const receiver& r) const {
  return r.more && r.window.size() <= (away(r) ? 0 : limits::history_window_max / 2);
}

/// Whoever's lease is over may have been ended, and others send what it has.
bool history_sender::may_post() const { return !terms_.lease || terms_.lease->holds(); }

bool history_sender::rests(const receiver& r) const {
  if (r.asked || r.on_their_way > 0 || !r.confirmed.empty()) return false;
  if (r.waits.failures() >= limits::history_tries_max) return true;
  const auto is_hopeless = [](const auto& one) { return one.second.tries >= limits::history_tries_max; };
  return !wants_more(r) && std::all_of(r.window.begin(), r.window.end(), is_hopeless) &&
         std::all_of(r.put_off.begin(), r.put_off.end(), is_hopeless);
}

std::int64_t history_sender::due_ms(const receiver& r) const {
  const auto now_ms = terms_.clock->now_ms();
  auto due_ms = r.store_retry_ms > now_ms ? r.store_retry_ms : never;
  if (given_up(r) || (away(r) && r.on_their_way > 0)) return due_ms;
  if (r.put_off_due_ms > now_ms) due_ms = std::min(due_ms, r.put_off_due_ms);
  if (away(r)) return r.retry_ms > now_ms || !r.window.empty() ? std::min(due_ms, r.retry_ms) : due_ms;
  for (const auto& [id, one] : r.window)
    if (!one.on_its_way && !given_up(one.tries) && one.not_before_ms > now_ms) due_ms = std::min(due_ms, one.not_before_ms);
  return due_ms;
}

void history_sender::turn() {
  auto due = never;
  bool rest = true;
  for (auto& r : receivers_) {
    if (r.put_off_due_ms <= terms_.clock->now_ms()) r.more = true;
    post_next(r);
    ask_the_store(r);
    due = std::min(due, due_ms(r));
    rest = rest && rests(r);
  }
  see_whether_shards_are_away();
  if (!may_post()) due = std::min(due, terms_.clock->now_ms() + limits::back_off_min.count()); // nobody says when it may again
  deadline_->set(std::min(due, count_if_due()));
  terms_.view->rests_ = rest;
}

// -- posts -----------------------------------------------------------------------------------------------------------------

void history_sender::post_next(receiver& r) {
  if (!may_post() || given_up(r) || (away(r) && terms_.clock->now_ms() < r.retry_ms)) return;
  const std::size_t at_once = away(r) ? 1 : terms_.connections; // one finds out whether it is back
  while (r.on_their_way < at_once) {
    const auto next = next_to_post(r);
    if (next == r.window.end()) return;
    next->second.on_its_way = true;
    ++r.on_their_way;
    ++begun_[next->second.shard];
    const auto number = static_cast<std::size_t>(&r - receivers_.data());
    terms_.posts->ask(r.uri, next->second.body,
                      [self = caf::actor{this}, number, id = next->first, token = terms_.clock->begin_work()](auto answer) {
                        caf::anon_send(self, history_answered{number, id, std::move(answer), token});
                      });
  }
}

/// The one that has failed least, so that one which fails always does not hold up the others; of these the oldest.
std::map<std::int64_t, history_sender::held>::iterator history_sender::next_to_post(receiver& r) {
  const auto now_ms = terms_.clock->now_ms();
  auto best = r.window.end();
  for (auto at = r.window.begin(); at != r.window.end(); ++at) {
    const auto& one = at->second;
    if (one.on_its_way || given_up(one.tries) || (!away(r) && one.not_before_ms > now_ms)) continue;
    if (best == r.window.end() || one.tries < best->second.tries) best = at;
  }
  return best;
}

void history_sender::take(history_answered& got) {
  auto& r = receivers_[got.receiver];
  --r.on_their_way;
  r.window.at(got.id).on_its_way = false;
  if (got.answer.status == http_ok) confirmed(r, got.id);
  else failed(r, got.id, got.answer);
  turn();
}

void history_sender::confirmed(receiver& r, std::int64_t id) {
  ++terms_.view->sent;
  r.confirmed.push_back({id, r.window.at(id).shard});
  r.window.erase(id);
  r.failures = r.refusals = 0;
  r.waits.reset();
  const auto has_failed = [](const auto& one) { return one.second.tries > 0; };
  if (!r.in_trouble || !r.put_off.empty() || std::any_of(r.window.begin(), r.window.end(), has_failed)) return;
  r.in_trouble = false;
  spdlog::info("the receiver of history records takes them again: {}", r.uri);
}

void history_sender::failed(receiver& r, std::int64_t id, const dialer::validation_answer& answer) {
  const auto now_ms = terms_.clock->now_ms();
  auto& one = r.window.at(id);
  ++terms_.view->failures;
  --begun_[one.shard];
  ++one.tries;
  const bool refused = refuses_the_record(answer.status);
  one.not_before_ms = now_ms + (refused ? refused_wait_ms(one.tries) : wait_ms(one.tries));
  ++(refused ? r.refusals : r.failures);
  if (away(r) && r.on_their_way == 0) r.retry_ms = now_ms + r.waits.next_ms();
  if (leaves(one.shard)) r.window.erase(id);
  else if (answer.status != 0) put_off(r, id, one);
  if (std::exchange(r.in_trouble, true)) return; // one line for however many
  const auto why = answer.status == 0 ? answer.problem
                                      : to_line({"the receiver of history records answered " + std::to_string(answer.status),
                                                 r.uri, "let it answer 200 to what it has"});
  spdlog::warn("history records wait in the store and are sent again: {}", why);
}

/// Its place in the window is for another.
void history_sender::put_off(receiver& r, std::int64_t id, const held& one) {
  if (r.put_off.size() >= limits::history_put_off_max) return;
  r.put_off[id] = {one.shard, one.tries, one.not_before_ms};
  if (!given_up(one.tries)) r.put_off_due_ms = std::min(r.put_off_due_ms, one.not_before_ms);
  r.window.erase(id);
  r.more = true;
}

// -- the store -------------------------------------------------------------------------------------------------------------

void history_sender::ask_the_store(receiver& r) {
  const bool read = wants_more(r);
  if (r.asked || (!read && r.confirmed.empty()) || terms_.clock->now_ms() < r.store_retry_ms) return;
  r.asked = true;
  if (read) r.more = false;
  auto passed_over = read ? not_due(r) : std::vector<std::int64_t>{};
  history_read question;
  question.receiver = static_cast<std::size_t>(&r - receivers_.data());
  r.going = std::exchange(r.confirmed, {});
  for (const auto& one : r.going) question.removed.push_back(one.id);
  question.read = read;
  question.token = terms_.clock->begin_work();
  const auto token = question.token;
  send(terms_.keeper,
       ask_store{[self = caf::actor{this}, uri = r.uri, answer = std::move(question), passed_over = std::move(passed_over),
                  kept = terms_.kept](dialer::store& s) mutable {
                   auto removed = s.remove_history(answer.removed);
                   if (removed) count_gone(kept->history_waiting, answer.removed.size());
                   if (!removed) answer.problem = removed.error();
                   else if (answer.read) answer.posts = s.waiting_history(uri, limits::history_window_max, passed_over);
                   caf::anon_send(self, std::move(answer));
                 },
                 token});
}

void history_sender::take(history_read& got) {
  auto& r = receivers_[got.receiver];
  r.asked = false;
  const auto gone = std::exchange(r.going, {});
  if (got.problem.what.empty())
    for (const auto& one : gone) --begun_[one.shard];
  else r.confirmed.insert(r.confirmed.end(), gone.begin(), gone.end());
  if (!got.posts) got.problem = got.posts.error();
  if (!got.problem.what.empty()) {
    spdlog::warn("{}; history records wait", to_line(got.problem));
    r.store_retry_ms = terms_.clock->now_ms() + limits::back_off_min.count();
    r.more = true;
    return turn();
  }
  if (got.read ? got.posts->size() == limits::history_window_max : !got.removed.empty()) r.more = true; // what stood behind them
  for (auto& post : *got.posts) {
    if (r.window.size() == limits::history_window_max) break;
    const auto is_this = [&](const taken& one) { return one.id == post.id; };
    if (std::none_of(r.confirmed.begin(), r.confirmed.end(), is_this)) take_up(r, post); // unless meanwhile
  }
  turn();
}

/// Those that the store need not read, ascending; what is due besides is sent again.
std::vector<std::int64_t> history_sender::not_due(receiver& r) const {
  const auto now_ms = terms_.clock->now_ms();
  std::vector<std::int64_t> ids;
  r.put_off_due_ms = never;
  for (const auto& [id, one] : r.put_off) {
    const bool forever = given_up(one.tries);
    if (!forever && one.not_before_ms <= now_ms) continue;
    ids.push_back(id);
    if (!forever) r.put_off_due_ms = std::min(r.put_off_due_ms, one.not_before_ms);
  }
  return ids;
}

void history_sender::take_up(receiver& r, dialer::waiting_post& post) {
  held one{.body = std::move(post.body), .shard = dialer::shard_of(post.list, post.chain_id)};
  if (const auto before = r.put_off.find(post.id); before != r.put_off.end()) {
    if (given_up(before->second.tries) || before->second.not_before_ms > terms_.clock->now_ms()) return; // refused meanwhile
    one.tries = before->second.tries;
    r.put_off.erase(before);
  }
  r.window.emplace(post.id, std::move(one)); // unless it is there
}

// -- shards ----------------------------------------------------------------------------------------------------------------

/// The store has what the node that had them could not send any more.
void history_sender::take_on() {
  for (auto& r : receivers_) r.more = true;
  uncounted_ = true;
  turn();
}

/// What has not left yet is for the node that comes next, and no later answer of the keeper has any of it. It is told to begin when
/// what is on its way is out of the store or has failed: so none is sent twice, nor before an earlier one of its chain.
caf::result<chains_are_away> history_sender::put_away(const put_shards_away& p) {
  auto promise = make_response_promise<chains_are_away>();
  leaving_.push_back({p.shards, promise});
  for (auto& r : receivers_) {
    std::erase_if(r.window, [&](const auto& one) { return !one.second.on_its_way && p.shards[one.second.shard]; });
    std::erase_if(r.put_off, [&](const auto& one) { return p.shards[one.second.shard]; });
  }
  turn();
  return promise;
}

bool history_sender::leaves(std::size_t shard) const {
  return std::any_of(leaving_.begin(), leaving_.end(), [&](const auto& one) { return one.shards[shard]; });
}

void history_sender::see_whether_shards_are_away() {
  const auto left = std::erase_if(leaving_, [&](auto& one) {
    for (std::size_t shard = 0; shard < dialer::shards_count; ++shard)
      if (one.shards[shard] && begun_[shard] > 0) return false;
    one.away.deliver(chains_are_away{});
    return true;
  });
  uncounted_ = uncounted_ || left > 0;
}

/// Others have stored records of the shards that have come, and send those of the shards that went. Returns when it is due.
std::int64_t history_sender::count_if_due() {
  const auto now_ms = terms_.clock->now_ms();
  if (!uncounted_) return never;
  if (now_ms < next_count_ms_) return next_count_ms_;
  uncounted_ = false;
  next_count_ms_ = now_ms + between_counts_ms;
  auto question = [kept = terms_.kept](dialer::store& s) {
    const auto all = s.history_receivers();
    if (!all) return spdlog::warn("{}; chainring_history_waiting is wrong until shards change hands again", to_line(all.error()));
    std::uint64_t waiting = 0;
    for (const auto& [uri, records] : *all) waiting += static_cast<std::uint64_t>(records);
    kept->history_waiting = waiting;
  };
  send(terms_.keeper, ask_store{std::move(question), terms_.clock->begin_work()});
  return never;
}

} // namespace chainring::actors
