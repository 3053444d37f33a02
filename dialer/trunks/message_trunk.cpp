// message_trunk.cpp: what is on its way, in the order of starting, and what has ended and is not collected.
#include "dialer/trunks/message_trunk.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "dialer/limits.hpp"
#include "dialer/trunks/call_log.hpp"

namespace chainring::dialer {

namespace {

class message_trunk final : public trunk {
 public:
  message_trunk(message_trunk_options options, std::shared_ptr<const message_composer> composer,
                std::shared_ptr<message_carrier> carrier, std::optional<call_log> log)
      : options_(std::move(options)), composer_(std::move(composer)), carrier_(std::move(carrier)), log_(std::move(log)) {}

  const std::string& name() const override { return options_.name; }
  medium carries() const override { return options_.carries; }

  result<void> start(const call& c, std::int64_t now_ms) override {
    if (live() >= static_cast<std::size_t>(options_.capacity))
      return error{"trunk \"" + options_.name + "\" has " + std::to_string(live()) + " messages on their way",
                   "list " + c.list + ", record " + std::to_string(c.record_id), "start it when one has ended"};
    auto composed = composer_->compose(c);
    if (auto* problem = std::get_if<delivery>(&composed)) {
      end(c.id, now_ms, now_ms, std::move(*problem));
      return {};
    }
    if (log_)
      if (auto written = log_->write(now_ms, options_.name, c); !written) return written;
    auto& m = std::get<message>(composed);
    m.at_ms = now_ms;
    on_their_way_.emplace(c.id, now_ms);
    by_start_.emplace_back(c.id, now_ms);
    carrier_->deliver(std::move(m));
    return {};
  }

  std::int64_t next_due_ms() const override {
    auto due_ms = never;
    for (const call_ended& one : ended_) due_ms = std::min(due_ms, one.ended_ms);
    if (!by_start_.empty())
      due_ms = std::min(due_ms, by_start_.front().second + (options_.virtual_ms > 0 ? options_.virtual_ms : options_.deadline_ms));
    return due_ms;
  }

  void collect(std::int64_t now_ms, std::vector<call_ended>& out) override {
    take_ends(now_ms);
    const auto due = std::stable_partition(ended_.begin(), ended_.end(), [&](const auto& e) { return e.ended_ms > now_ms; });
    std::sort(due, ended_.end(),
              [](const auto& a, const auto& b) { return std::tie(a.ended_ms, a.id) < std::tie(b.ended_ms, b.id); });
    out.insert(out.end(), std::make_move_iterator(due), std::make_move_iterator(ended_.end()));
    ended_.erase(due, ended_.end());
  }

  std::size_t live() const override { return on_their_way_.size() + ended_.size(); }
  std::int64_t longest_call_ms() const override { return options_.deadline_ms; }

 private:
  void take_ends(std::int64_t now_ms) {
    std::vector<std::pair<std::uint64_t, delivery>> told;
    carrier_->collect(told);
    for (auto& [id, how] : told) {
      const auto found = on_their_way_.find(id);
      if (found == on_their_way_.end()) continue; // given up before
      const auto started_ms = found->second;
      on_their_way_.erase(found);
      end(id, started_ms, now_ms, std::move(how));
    }
    while (!by_start_.empty()) {
      const auto [id, started_ms] = by_start_.front();
      if (on_their_way_.contains(id)) {
        if (options_.virtual_ms > 0 || started_ms + options_.deadline_ms > now_ms) break;
        on_their_way_.erase(id);
        end(id, started_ms, now_ms, {delivery_end::unknown, "nothing was heard of it in time"});
      }
      by_start_.pop_front();
    }
  }

  void end(std::uint64_t id, std::int64_t started_ms, std::int64_t now_ms, delivery how) {
    call_ended e;
    e.id = id;
    e.result = result_of(how.end);
    e.is_known = how.end != delivery_end::unknown;
    e.started_ms = started_ms;
    e.ended_ms = options_.virtual_ms > 0 ? started_ms + options_.virtual_ms : now_ms;
    e.words = std::move(how.words);
    ended_.push_back(std::move(e));
  }

  message_trunk_options options_;
  std::shared_ptr<const message_composer> composer_;
  std::shared_ptr<message_carrier> carrier_;
  std::optional<call_log> log_;
  std::unordered_map<std::uint64_t, std::int64_t> on_their_way_;      // by call: when it left
  std::deque<std::pair<std::uint64_t, std::int64_t>> by_start_;       // some may have ended
  std::vector<call_ended> ended_;                                     // not collected
};

} // namespace

result<std::unique_ptr<trunk>> make_message_trunk(message_trunk_options options, std::shared_ptr<const message_composer> composer,
                                                  std::shared_ptr<message_carrier> carrier) {
  if (options.name.empty()) return error{"the trunk has no name", "", "give it one"};
  if (options.capacity < 1 || options.capacity > limits::messages_at_once_max)
    return error{"capacity is out of range", std::to_string(options.capacity),
                 "give 1 to " + std::to_string(limits::messages_at_once_max)};
  std::optional<call_log> log;
  if (!options.log_path.empty()) {
    auto opened = call_log::open(options.log_path);
    if (!opened) return opened.error();
    log.emplace(std::move(*opened));
  }
  return std::unique_ptr<trunk>(
      std::make_unique<message_trunk>(std::move(options), std::move(composer), std::move(carrier), std::move(log)));
}

} // namespace chainring::dialer
