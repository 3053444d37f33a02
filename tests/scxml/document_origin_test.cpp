// document_origin_test.cpp: documents as bytes and back.
#include "scxml/document_origin.hpp"

#include "scxml/compile.hpp"
#include "scxml/document.hpp"
#include "tests/catch.hpp"

using namespace chainring::scxml;

namespace {

/// Loads data itself, and so does the document inside it.
constexpr const char* nested = R"(<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="hours" src="hours.json"/><data id="lost" src="lost.json"/></datamodel>
  <state id="a"><invoke type="scxml"><content><scxml version="1.0" datamodel="ecmascript">
    <datamodel><data id="days" src="days.json"/></datamodel><state id="b"/></scxml></content></invoke></state>
</scxml>)";

compiled made_of(bool legacy) {
  compile_options options;
  options.name = "http://host/nested.scxml";
  options.legacy = legacy;
  options.load = [](std::string_view uri) -> std::optional<std::string> {
    if (uri == "hours.json") return "{\"from\": 9}";
    if (uri == "days.json") return "[1, 2]";
    return std::nullopt;
  };
  return compile(nested, options);
}

} // namespace

TEST_CASE("a document comes back from its bytes with what it had loaded, and so do those inside it") {
  for (const bool legacy : {false, true}) {
    const auto before = made_of(legacy).document;
    REQUIRE(before);
    const auto bytes = pack(*before);
    REQUIRE(bytes.ok());
    const auto after = unpack(*bytes, nullptr);
    REQUIRE(after.ok());
    CHECK((*after)->hash == before->hash);
    CHECK((*after)->source == before->source);
    CHECK((*after)->legacy == legacy);
    REQUIRE((*after)->invokes.size() == 1);
    CHECK((*after)->invokes[0].inline_document->hash == before->invokes[0].inline_document->hash);
    CHECK(*pack(**after) == *bytes);
  }
}

TEST_CASE("a document inside another one is kept with that one only") {
  const auto outer = made_of(false).document;
  CHECK_FALSE(pack(*outer->invokes[0].inline_document).ok());
}

TEST_CASE("bytes that pack() has not made are refused wherever they are damaged") {
  const auto bytes = *pack(*made_of(false).document);
  CHECK_FALSE(unpack("", nullptr).ok());
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    CHECK_FALSE(unpack(damaged, nullptr).ok());
    CHECK_FALSE(unpack(std::string_view(bytes).substr(0, at), nullptr).ok());
  }
}
