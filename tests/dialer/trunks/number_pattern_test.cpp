// Rules of trunks: the fast way says what std::regex says; what cannot be used is refused; nothing runs away.
#include "dialer/trunks/number_pattern.hpp"

#include <random>
#include <regex>
#include <string>

#include "dialer/limits.hpp"
#include "tests/catch.hpp"

using chainring::dialer::number_pattern;
namespace limits = chainring::dialer::limits;

namespace {

number_pattern make(const std::string& pattern) {
  auto made = number_pattern::make(pattern);
  REQUIRE(made.ok());
  return *made;
}

std::string random_text(std::mt19937& random, std::string_view alphabet, std::size_t length_max) {
  std::string text;
  for (auto length = random() % (length_max + 1); length > 0; --length) text += alphabet[random() % alphabet.size()];
  return text;
}

} // namespace

TEST_CASE("Common rules take the fast way") {
  CHECK(make("7$").matches("5550107"));
  CHECK_FALSE(make("7$").matches("5550170"));
  CHECK(make(R"(^\+1)").matches("+15550100"));
  CHECK_FALSE(make(R"(^\+1)").matches("5+1"));
  CHECK(make("[0-4]5$").matches("5550145"));
  CHECK_FALSE(make("[0-4]5$").matches("5550155"));
  CHECK(make("^[^9]").matches("8"));
  CHECK(make(R"(0\d\d1)").matches("550xx0991"));
  CHECK(make("").matches(""));
  for (const char* pattern : {"7$", R"(^\+1)", "[0-4]5$", "^[^9]", R"(0\d\d1)", ""}) CHECK(make(pattern).is_simple());
}

TEST_CASE("What the fast way does not know goes to std::regex") {
  CHECK_FALSE(make("(1|2)$").is_simple());
  CHECK(make("(1|2)$").matches("552"));
  CHECK_FALSE(make("(1|2)$").matches("523"));
  CHECK(make("^5{3}").matches("5551"));
  CHECK_FALSE(make("^5{3}").matches("5515"));
}

TEST_CASE("The fast way agrees with std::regex on random patterns and numbers") {
  std::mt19937 random(20'260'105);
  int simple = 0;
  for (int round = 0; round < 4'000; ++round) {
    const std::string pattern = random_text(random, R"(^$.[]-\d0125+)", 7);
    auto made = number_pattern::make(pattern);
    if (!made.ok() || !made->is_simple()) continue;
    ++simple;
    const std::regex reference(pattern);
    for (int i = 0; i < 10; ++i) {
      const std::string number = random_text(random, "0125+", 8);
      INFO("pattern " << pattern << ", number " << number);
      REQUIRE(made->matches(number) == std::regex_search(number, reference));
    }
  }
  CHECK(simple > 300);
}

TEST_CASE("Patterns that cannot be used are refused") {
  for (const char* pattern : {"[", "(", "[z-a]", R"((a)\1)", "(a{9999}){9999}"}) {
    INFO(pattern);
    auto made = number_pattern::make(pattern);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().where == "\"" + std::string(pattern) + "\"");
  }
  CHECK_FALSE(number_pattern::make(std::string(limits::rule_pattern_bytes_max + 1, '1')).ok());
}

TEST_CASE("A pattern made to backtrack for ever does not") {
  CHECK_FALSE(make("(1+)+$").matches(std::string(limits::number_bytes_max - 1, '1') + "x"));
}
