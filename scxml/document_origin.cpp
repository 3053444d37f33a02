// document_origin.cpp: see document_origin.hpp.
#include "scxml/document_origin.hpp"

#include <algorithm>
#include <cstdint>

#include "scxml/compile.hpp"
#include "scxml/document.hpp"
#include "scxml/limits.hpp"
#include "scxml/snapshot_bytes.hpp"

// The form: "SCXD" version:u8  source:text hash:text legacy:u8 text:text
//   resources: count:u32 {name:text there:u8 text}*  checksum:u64

namespace chainring::scxml {

namespace {

constexpr std::string_view magic{"SCXD\x01", 5};

error damaged(const char* what) {
  return {std::string{"the kept document is damaged: "} + what, "", "start what needs it anew"};
}

} // namespace

result<std::string> pack(const document& d) {
  if (!d.origin) return error{"the document stands inside another one", d.source, "keep that one"};
  snapshot_writer w;
  w.raw(magic);
  w.text(d.source), w.text(d.hash);
  w.number(static_cast<std::uint8_t>(d.legacy));
  w.text(d.origin->text);
  w.number(static_cast<std::uint32_t>(d.origin->resources.size()));
  for (const auto& [name, text] : d.origin->resources)
    w.text(name), w.number(static_cast<std::uint8_t>(text.has_value())), w.text(text ? *text : std::string_view{});
  auto bytes = std::move(w).seal();
  if (bytes.size() > limits::snapshot_bytes_max)
    return error{"the document and what it loads are too large to be kept", d.source, "load less, or from fewer files"};
  return bytes;
}

result<std::shared_ptr<const document>> unpack(std::string_view bytes, const vocabulary* actions) {
  auto r = snapshot_reader::open(bytes);
  std::string hash;
  std::uint8_t legacy = 0;
  std::uint32_t count = 0;
  document_origin origin;
  compile_options options;
  if (!r.expect(magic) || !r.text(options.name) || !r.text(hash) || !r.number(legacy) || !r.text(origin.text) || !r.number(count))
    return damaged("its checksum does not match");
  for (; count > 0; --count) {
    std::string name, text;
    std::uint8_t there = 0;
    if (!r.text(name) || !r.number(there) || !r.text(text)) return damaged("what it loaded is missing");
    origin.resources.emplace_back(std::move(name), there ? std::optional{std::move(text)} : std::nullopt);
  }
  if (!r.done()) return damaged("something follows it");
  options.actions = actions;
  options.legacy = legacy != 0;
  options.load = [&origin](std::string_view name) -> std::optional<std::string> {
    const auto& all = origin.resources;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
    return found == all.end() ? std::nullopt : found->second;
  };
  auto made = compile(origin.text, options);
  if (!made.document) return made.first_error();
  if (made.document->hash != hash) return damaged("its text has another hash");
  return std::move(made.document);
}

} // namespace chainring::scxml
