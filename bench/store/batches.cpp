// batches.cpp: see batches.hpp.
#include "bench/store/batches.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>

namespace chainring::bench {

namespace {

constexpr std::int64_t calls_in_progress = 20'000;
constexpr std::uint64_t order_seed = 7;

} // namespace

std::vector<call> calls_of(std::int64_t records) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(records));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i) + 1;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(order_seed));
  std::vector<call> calls;
  for (std::int64_t i = 0; i < records + calls_in_progress; ++i) {
    if (i < records) calls.push_back({order[static_cast<std::size_t>(i)], false});
    if (i >= calls_in_progress) calls.push_back({order[static_cast<std::size_t>(i - calls_in_progress)], true});
  }
  return calls;
}

dialer::write write_of(dialer::list_id list, const call& what) {
  if (what.ended)
    return dialer::write_result{.list = list, .record_id = what.record, .chain_id = what.record, .chain_n = 1, .n = 1,
                                .result = dialer::call_result::busy, .started_ms = 1'000, .ended_ms = 2'000};
  auto waits = std::make_shared<dialer::write_instance>();
  waits->list = list;
  waits->chain_id = what.record;
  waits->bytes.assign(instance_bytes, 'x');
  dialer::write_intent intent;
  intent.what = {.list = list, .record_id = what.record, .chain_id = what.record, .chain_n = 1, .n = 1,
                 .contact_info = "155500000000", .trunk = "sim", .started_ms = 1'000, .result = {}};
  intent.instance = std::move(waits);
  return intent;
}

result<dialer::list_id> make_list(dialer::store& in, const std::string& name, std::int64_t records) {
  auto list = in.open_list({name, {"customer"}});
  if (!list) return list;
  constexpr std::int64_t at_once = 10'000;
  for (std::int64_t first = 1; first <= records; first += at_once) {
    std::vector<dialer::record> rows;
    for (auto id = first; id < std::min(first + at_once, records + 1); ++id) {
      dialer::record row;
      row.record_id = row.chain_id = id;
      row.chain_n = 1;
      row.contact_info = std::to_string(155'500'000'000 + id);
      row.record_status = dialer::record_status::retrieved;
      row.user = {std::string("customer-number!")};
      rows.push_back(std::move(row));
    }
    if (auto taken = in.import_records(*list, rows, {}, dialer::store::on_existing::keep); !taken) return taken.error();
  }
  return list;
}

std::int64_t rows_of(const std::vector<call>& calls) {
  std::int64_t rows = 0;
  for (const auto& one : calls) rows += one.ended ? rows_of_result : rows_of_intent;
  return rows;
}

result<pace> pace_of(const std::vector<call>& calls, std::int64_t writes_per_batch,
                     const std::function<result<void>(const std::vector<call>&)>& write) {
  const auto begun = std::chrono::steady_clock::now();
  for (auto first = calls.begin(); first != calls.end();) {
    const auto last = first + std::min<std::ptrdiff_t>(writes_per_batch, calls.end() - first);
    std::vector<call> batch(first, last);
    std::stable_sort(batch.begin(), batch.end(), [](const call& a, const call& b) { return a.record < b.record; });
    if (auto done = write(batch); !done) return done.error();
    first = last;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return pace{static_cast<double>(rows_of(calls)) / took.count(), writes_per_batch};
}

} // namespace chainring::bench
