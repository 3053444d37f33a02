// chart.hpp: the chart that the peers run, bench/chain.scxml, as it is driven from outside: a loop of seven events, the same
// chart by hand, and what every chain must have come to.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "scxml/document.hpp"
#include "scxml/event.hpp"
#include "scxml/result.hpp"
#include "scxml/session.hpp"

namespace chainring::bench {

enum class chart_event : std::uint8_t { start, record, busy, timeout, no_answer, timeout_again, answer, next };
/// Preceded once by `start`; each makes three calls.
inline constexpr std::array loop_of_seven{
    chart_event::record,        chart_event::busy,   chart_event::timeout, chart_event::no_answer,
    chart_event::timeout_again, chart_event::answer, chart_event::next};
/// Chains with the same remainder of their number get the same `phone`.
inline constexpr std::uint32_t phones = 1'024;
inline std::string phone(std::uint32_t of) { return std::to_string(15'550'000'000 + of); }

/// `phone`: below `phones`; of `record` alone.
scxml::event to_scxml(chart_event e, std::uint32_t phone_number);

/// chain.scxml, and as it enters its first state an <ocs:timeout> that outlasts every run: so a timer of each chain is
/// pending all the time.
result<std::shared_ptr<const scxml::document>> chart_with_timer();

/// What a person would write who has the chart before him and does not need another one.
class chart_by_hand {
 public:
  void process(chart_event e, std::string_view phone_number) {
    switch (state_) {
    case idle:
      if (e == chart_event::start) state_ = next_record;
      return;
    case next_record:
      if (e != chart_event::record) return;
      attempts_ = 0;
      keep(phone_, phone_number);
      return dial();
    case dialing: return hear(e);
    case wait:
      if (e == chart_event::timeout || e == chart_event::timeout_again) dial();
      return;
    case chain_done:
      if (e == chart_event::next) state_ = next_record;
      return;
    }
  }
  std::string_view state() const;
  std::int64_t calls() const { return calls_; }
  std::int64_t attempts() const { return attempts_; }
  std::int64_t delay() const { return delay_; }
  std::string_view phone() const { return {phone_.text, phone_.size}; }
  std::string_view last_result() const { return {last_result_.text, last_result_.size}; }

 private:
  struct short_text {
    char text[15];
    std::uint8_t size = 0;
  };
  static void keep(short_text& in, std::string_view what) {
    in.size = static_cast<std::uint8_t>(what.size());
    std::memcpy(in.text, what.data(), what.size());
  }
  void dial() {
    state_ = dialing;
    ++attempts_, ++calls_;
  }
  void hear(chart_event e) {
    if (e == chart_event::busy && attempts_ < attempts_max_) {
      delay_ = 10, keep(last_result_, "Busy"), state_ = wait;
    } else if (e == chart_event::no_answer && attempts_ < attempts_max_) {
      delay_ = 30, keep(last_result_, "NoAnswer"), state_ = wait;
    } else if (e == chart_event::busy || e == chart_event::no_answer || e == chart_event::answer) {
      if (e == chart_event::answer) keep(last_result_, "Answer");
      state_ = chain_done;
    }
  }

  enum : std::uint8_t { idle, next_record, dialing, wait, chain_done } state_ = idle;
  std::int64_t attempts_ = 0, attempts_max_ = 3, calls_ = 0, delay_ = 10;
  short_text last_result_, phone_;
};

/// The session is where the chart by hand is, with the same data. `s` has been restored, or has just stepped.
bool agree(scxml::session& s, const chart_by_hand& expected);

} // namespace chainring::bench
