// daytime_answers.cpp: answers questions about zones and daytime tables on standard input, for daytime_oracle.py, which knows
// the answers by other means. Lines of words: zone NAME; hours WEEKDAY FROM TILL and holiday YEAR MONTH DAY fill the tables,
// weekdays and holidays give them without content; at INSTANT… answers with eight 64-bit numbers for each instant, and resets.
#include <array>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "dialer/daytime.hpp"

using namespace chainring::dialer;

namespace {

struct question {
  std::optional<zone_index> zone;
  std::optional<weekday_table> weekdays;
  std::optional<std::vector<holiday>> holidays;
};

/// Epoch seconds; below zero the reason why there is none.
std::int64_t number_of(const daytime_tables::start& start) {
  if (start.at) return *start.at;
  return -1 - static_cast<std::int64_t>(start.why);
}

/// Code, offset, next change, and the start of each code.
bool answer(const time_zones& zones, const question& asked, std::istream& instants) {
  auto tables = daytime_tables::make(asked.weekdays, asked.holidays);
  if (!asked.zone || !tables) return false;
  for (std::int64_t at = 0; instants >> at;) {
    const std::array<std::int64_t, 8> answers = {
        static_cast<std::int64_t>(tables->code_at(zones, *asked.zone, at)),
        zones.offset_seconds(*asked.zone, at),
        tables->next_change(zones, *asked.zone, at).value_or(-1),
        number_of(tables->next_start(zones, *asked.zone, daytime_code::bbh, at)),
        number_of(tables->next_start(zones, *asked.zone, daytime_code::bh, at)),
        number_of(tables->next_start(zones, *asked.zone, daytime_code::abh, at)),
        number_of(tables->next_start(zones, *asked.zone, daytime_code::wend, at)),
        number_of(tables->next_start(zones, *asked.zone, daytime_code::hday, at)),
    };
    if (std::fwrite(answers.data(), sizeof answers, 1, stdout) != 1) return false;
  }
  return std::fflush(stdout) == 0;
}

} // namespace

int main() {
  auto zones = time_zones::open();
  if (!zones) return 1;
  question asked;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what, name;
    words >> what;
    if (what == "zone") {
      words >> name;
      asked.zone = zones->find(name);
      if (!asked.zone) std::cerr << "there is no zone " << name << '\n';
    } else if (what == "weekdays") {
      asked.weekdays.emplace();
    } else if (what == "hours") {
      std::size_t day = 0;
      business_hours hours;
      words >> day >> hours.from >> hours.till;
      asked.weekdays->days.at(day) = hours;
    } else if (what == "holidays") {
      asked.holidays.emplace();
    } else if (what == "holiday") {
      holiday h;
      words >> h.year >> h.month >> h.day;
      asked.holidays->push_back(h);
    } else if (what == "at") {
      if (!answer(*zones, asked, words)) return 1;
      asked = {};
    }
  }
}
