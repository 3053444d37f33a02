// chain.cpp: see chain.hpp.
#include "dialer/chain.hpp"

#include <cassert>
#include <cmath>

#include "dialer/limits.hpp"
#include "dialer/packed_record.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::uint64_t format_version = 1;
constexpr std::size_t call_bytes = 2;
static_assert(limits::records_per_chain_max <= 0xffff);

std::string call_mark(std::size_t position) {
  return {static_cast<char>(position & 0xff), static_cast<char>(position >> 8)};
}

error unreadable(std::int64_t chain_id, std::string_view why) {
  return {"the saved chain " + std::string(why), "chain " + std::to_string(chain_id),
          "let the chain start anew, and look for the damage"};
}

} // namespace

std::string_view name_of(post_processing flag) {
  return flag == post_processing::finalize ? "Finalize" : "Switch";
}

result<chain> chain::make(const chain_of_records& records, std::uint64_t handle_base) {
  assert(handle_base > 0);
  const std::string where = "chain " + std::to_string(records.chain_id);
  if (records.records.empty()) return error{"the chain has no record", where, "give it one"};
  if (records.records.size() > limits::records_per_chain_max)
    return error{"the chain has " + std::to_string(records.records.size()) + " records", where,
                 "split it: " + std::to_string(limits::records_per_chain_max) + " is the most"};
  chain made;
  made.chain_id_ = records.chain_id;
  made.handle_base_ = handle_base;
  made.count_ = static_cast<std::uint32_t>(records.records.size());
  std::string packed;
  for (const record& row : records.records) pack(row, packed);
  made.packed_ = exact_bytes(packed);
  return made;
}

record chain::at(std::size_t position) const {
  assert(position < count_);
  byte_reader in(packed_.view());
  for (std::size_t i = 0; i < position; ++i) unpack(in);
  return unpack(in);
}

void chain::put(std::size_t position, const record& row) {
  assert(position < count_);
  byte_reader in(packed_.view());
  for (std::size_t i = 0; i < position; ++i) unpack(in);
  std::string changed{packed_.view().substr(0, packed_.size() - in.left().size())};
  pack(row, changed);
  unpack(in);
  changed += in.left();
  packed_ = exact_bytes(changed);
}

std::optional<std::size_t> chain::position_of(const scxml::value& handle) const {
  std::optional<std::int64_t> number;
  if (const auto* n = handle.as<double>(); n && std::nearbyint(*n) == *n && std::abs(*n) <= 9e15)
    number = static_cast<std::int64_t>(*n);
  if (const auto* text = handle.as<std::string>()) number = to_integer(trimmed(*text));
  if (!number || *number < 0) return std::nullopt;
  const std::uint64_t offset = static_cast<std::uint64_t>(*number) - handle_base_;
  return offset < count_ ? std::optional(static_cast<std::size_t>(offset)) : std::nullopt;
}

/// Where in packed_ the position stands among the calls in progress.
std::optional<std::size_t> chain::find_call(std::size_t position) const {
  const auto packed = packed_.view();
  byte_reader in(packed);
  for (std::size_t i = 0; i < count_; ++i) unpack(in);
  for (auto at = packed.size() - in.left().size(); at < packed.size(); at += call_bytes)
    if (packed.compare(at, call_bytes, call_mark(position)) == 0) return at;
  return std::nullopt;
}

bool chain::begin_call(std::size_t position) {
  if (find_call(position)) return false;
  packed_ = exact_bytes(std::string(packed_.view()) + call_mark(position));
  return true;
}

std::vector<std::size_t> chain::calls() const {
  byte_reader in(packed_.view());
  for (std::size_t i = 0; i < count_; ++i) unpack(in);
  std::vector<std::size_t> positions;
  for (auto left = in.left(); left.size() >= call_bytes; left.remove_prefix(call_bytes))
    positions.push_back(static_cast<std::size_t>(static_cast<unsigned char>(left[0])) |
                        static_cast<std::size_t>(static_cast<unsigned char>(left[1])) << 8);
  return positions;
}

void chain::note_attempt(std::size_t position, std::int32_t n) {
  record row = at(position);
  row.attempt = n;
  put(position, row);
}

void chain::note_result(std::size_t position, call_result result, std::int64_t ended_ms) {
  record row = at(position);
  row.call_result = result;
  row.call_time = ended_ms / 1'000;
  put(position, row);
  if (const auto call = find_call(position)) packed_ = exact_bytes(std::string(packed_.view()).erase(*call, call_bytes));
}

std::string chain::save() const {
  std::string body;
  byte_writer out(body);
  out.number(format_version);
  out.integer(chain_id_);
  out.number(handle_base_);
  out.number(count_);
  out.number(cursor);
  out.number(current);
  out.number(static_cast<std::uint64_t>(after));
  out.integer(timeout_due_ms);
  flex.save(out);
  std::string bytes;
  byte_writer(bytes).number(checksum(body));
  return bytes + body;
}

result<chain> chain::restore(std::string_view bytes, const chain_of_records& records) {
  if (bytes.size() > limits::chain_bytes_max) return unreadable(records.chain_id, "is too long");
  byte_reader in(bytes);
  if (in.number() != checksum(in.left()) || !in.ok())
    return unreadable(records.chain_id, "is damaged");
  if (in.number() != format_version) return unreadable(records.chain_id, "has another version");
  const std::int64_t chain_id = in.integer();
  const std::uint64_t handle_base = in.number();
  if (!in.ok() || chain_id != records.chain_id || handle_base == 0)
    return unreadable(records.chain_id, "is another chain's");
  auto made = make(records, handle_base);
  if (!made) return made;
  const std::uint64_t count = in.number(), cursor = in.number(), current = in.number(),
                      flag = in.number();
  made->timeout_due_ms = in.integer();
  const bool read = made->flex.restore(in, static_cast<std::int32_t>(made->count_)) && in.at_end();
  if (!read || count != made->count_ || cursor > count || current >= count || flag > 1)
    return unreadable(records.chain_id, "does not fit its records");
  made->cursor = static_cast<std::uint32_t>(cursor);
  made->current = static_cast<std::uint32_t>(current);
  made->after = static_cast<post_processing>(flag);
  return made;
}

} // namespace chainring::dialer
