// simulated.cpp: a heap of the calls that go on; what they come to is settled as they start.
#include "dialer/trunks/simulated.hpp"

#include <algorithm>
#include <optional>
#include <queue>

#include "dialer/limits.hpp"
#include "dialer/trunks/call_log.hpp"
#include "dialer/trunks/number_pattern.hpp"

namespace chainring::dialer {

namespace {

constexpr std::uint64_t draw_result = 1, draw_ring = 2, draw_talk = 3;

constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

constexpr std::uint64_t fnv(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

std::uint64_t below(std::uint64_t n, std::uint64_t draw) {
  __extension__ using wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<wide>(draw) * n >> 64);
}

std::int64_t in_range(std::int32_t min, std::int32_t max, std::uint64_t draw) {
  return min + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(max - min) + 1, draw));
}

struct compiled_rule {
  number_pattern match;
  call_result result;
};

struct outcome {
  call_result result = call_result::unknown;
  std::int64_t ring_ms = 0;
  std::int64_t talk_ms = 0;
};

/// A call that goes on; the heap has the one that ends first on top.
struct live_call {
  std::int64_t ended_ms;
  std::uint64_t id;
  std::int64_t started_ms;
  call_result result;
  friend bool operator>(const live_call& a, const live_call& b) {
    return a.ended_ms != b.ended_ms ? a.ended_ms > b.ended_ms : a.id > b.id;
  }
};

class simulated final : public trunk {
 public:
  simulated(simulated_options options, std::vector<compiled_rule> rules, std::optional<call_log> log)
    : options_(std::move(options)), rules_(std::move(rules)), log_(std::move(log)) {
    if (options_.weights.empty()) options_.weights = {{call_result::answer, 1}};
    for (const auto& [result, weight] : options_.weights) weights_sum_ += weight;
  }

  const std::string& name() const override { return options_.name; }

  result<void> start(const call& c, std::int64_t now_ms) override {
    if (c.number.size() > limits::number_bytes_max)
      return error{"the number is too long to be dialed", where(c),
                   "give at most " + std::to_string(limits::number_bytes_max) + " bytes"};
    if (live_.size() >= static_cast<std::size_t>(options_.capacity))
      return error{"every channel of trunk \"" + options_.name + "\" is taken", where(c),
                   "start it when a call has ended"};
    if (log_)
      if (auto written = log_->write(now_ms, options_.name, c); !written) return written;
    const outcome drawn = outcome_of(c);
    live_.push({now_ms + drawn.ring_ms + drawn.talk_ms, c.id, now_ms, drawn.result});
    return {};
  }

  std::int64_t next_due_ms() const override { return live_.empty() ? never : live_.top().ended_ms; }

  void collect(std::int64_t now_ms, std::vector<call_ended>& out) override {
    while (!live_.empty() && live_.top().ended_ms <= now_ms) {
      const live_call& ended = live_.top();
      out.push_back({ended.id, ended.result, ended.started_ms, ended.ended_ms});
      live_.pop();
    }
  }

  std::size_t live() const override { return live_.size(); }
  std::int64_t longest_call_ms() const override { return std::int64_t{options_.ring_ms_max} + options_.talk_ms_max; }

 private:
  static std::string where(const call& c) { return "list " + c.list + ", record " + std::to_string(c.record_id); }

  call_result result_of(const call& c) const {
    for (const compiled_rule& rule : rules_)
      if (rule.match.matches(c.number)) return rule.result;
    const auto drawn = below(weights_sum_, simulated_draw(options_.seed, c.list, c.record_id, c.attempt, draw_result));
    std::uint64_t sum = 0;
    for (const auto& [result, weight] : options_.weights)
      if (drawn < (sum += weight)) return result;
    return options_.weights.back().first; // not reached: drawn is less than the sum of all
  }

  outcome outcome_of(const call& c) const {
    const auto draw = [&](std::uint64_t k) {
      return simulated_draw(options_.seed, c.list, c.record_id, c.attempt, k);
    };
    outcome drawn;
    drawn.result = result_of(c);
    drawn.ring_ms = in_range(options_.ring_ms_min, options_.ring_ms_max, draw(draw_ring));
    if (has_talk(drawn.result)) drawn.talk_ms = in_range(options_.talk_ms_min, options_.talk_ms_max, draw(draw_talk));
    return drawn;
  }

  simulated_options options_;
  std::vector<compiled_rule> rules_;
  std::optional<call_log> log_;
  std::uint64_t weights_sum_ = 0;
  std::priority_queue<live_call, std::vector<live_call>, std::greater<>> live_;
};

std::optional<error> range_problem(std::string_view what, std::int32_t min, std::int32_t max) {
  if (min >= 0 && min <= max && max <= limits::call_phase_ms_max) return std::nullopt;
  return error{std::string(what) + " is no range", "[" + std::to_string(min) + ", " + std::to_string(max) + "]",
               "give two numbers in ascending order, 0 to " + std::to_string(limits::call_phase_ms_max)};
}

std::optional<error> problem_of(const simulated_options& options) {
  if (options.name.empty()) return error{"the trunk has no name", "", "give it one"};
  if (options.capacity < 1 || options.capacity > limits::channels_max)
    return error{"capacity is out of range", std::to_string(options.capacity),
                 "give 1 to " + std::to_string(limits::channels_max) + " channels"};
  if (auto problem = range_problem("ring-ms", options.ring_ms_min, options.ring_ms_max)) return problem;
  if (auto problem = range_problem("talk-ms", options.talk_ms_min, options.talk_ms_max)) return problem;
  std::uint64_t sum = 0;
  for (const auto& [result, weight] : options.weights) {
    if (weight > limits::weight_max)
      return error{"a weight is out of range", std::to_string(weight),
                   "give 0 to " + std::to_string(limits::weight_max)};
    sum += weight;
  }
  if (sum == 0 && !options.weights.empty())
    return error{"the weights sum to nothing", "trunk " + options.name,
                 "give at least one result a weight, for the numbers that no rule matches"};
  if (options.rules.size() > limits::trunk_rules_max)
    return error{"too many rules", "trunk " + options.name, "give at most " + std::to_string(limits::trunk_rules_max)};
  return std::nullopt;
}

} // namespace

bool has_talk(call_result result) {
  switch (result) {
  case call_result::answer:
  case call_result::answering_machine:
  case call_result::fax:
  case call_result::silence:
  case call_result::pager_detected:
  case call_result::wrong_party:
  case call_result::wrong_number:
  case call_result::abandoned:
  case call_result::dropped: return true;
  default: return false;
  }
}

std::uint64_t simulated_draw(std::uint64_t seed, std::string_view list, std::int64_t record_id, std::int32_t attempt,
                             std::uint64_t k) {
  const std::uint64_t of_record = mix(mix(mix(seed) ^ fnv(list)) ^ static_cast<std::uint64_t>(record_id));
  return mix(mix(of_record ^ static_cast<std::uint64_t>(std::int64_t{attempt})) ^ k);
}

result<std::unique_ptr<trunk>> make_simulated(simulated_options options) {
  if (auto problem = problem_of(options)) return *problem;
  std::vector<compiled_rule> rules;
  for (const simulated_rule& rule : options.rules) {
    auto match = number_pattern::make(rule.match);
    if (!match) return match.error();
    rules.push_back({std::move(*match), rule.result});
  }
  std::optional<call_log> log;
  if (!options.log_path.empty()) {
    auto opened = call_log::open(options.log_path);
    if (!opened) return opened.error();
    log.emplace(std::move(*opened));
  }
  return std::unique_ptr<trunk>(std::make_unique<simulated>(std::move(options), std::move(rules), std::move(log)));
}

} // namespace chainring::dialer
