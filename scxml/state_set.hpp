// state_set.hpp: a set of states of one document. The first 64 states are one word; beyond, a heap array.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>

namespace chainring::scxml {

/// Ordered by state number, which is document order. Sets grow as needed; comparing ignores
/// capacity.
class state_set {
 public:
  state_set() = default;
  state_set(const state_set& other) : first_(other.first_) { copy_more(other); }
  state_set(state_set&&) noexcept = default;
  state_set& operator=(const state_set& other) {
    if (this == &other) return *this;
    first_ = other.first_;
    copy_more(other);
    return *this;
  }
  state_set& operator=(state_set&&) noexcept = default;
  ~state_set() = default;

  void insert(std::uint16_t s) {
    auto& w = word(s >> 6);
    w |= bit(s);
  }
  void erase(std::uint16_t s) {
    if (auto* w = existing(s >> 6)) *w &= ~bit(s);
  }
  bool contains(std::uint16_t s) const {
    const auto* w = existing(s >> 6);
    return w && (*w & bit(s));
  }
  bool empty() const {
    bool blank = first_ == 0;
    for (std::size_t i = 1; blank && i <= more(); ++i) blank = more_[i] == 0;
    return blank;
  }
  void clear() {
    first_ = 0;
    for (std::size_t i = 1; i <= more(); ++i) more_[i] = 0;
  }
  std::size_t size() const {
    std::size_t n = static_cast<std::size_t>(std::popcount(first_));
    for (std::size_t i = 1; i <= more(); ++i) n += static_cast<std::size_t>(std::popcount(more_[i]));
    return n;
  }

  /// The last member in document order. Not of an empty set.
  std::uint16_t last() const {
    std::size_t i = more();
    while (i > 0 && more_[i] == 0) --i;
    const std::uint64_t w = i == 0 ? first_ : more_[i];
    return static_cast<std::uint16_t>((i << 6) + 63u - static_cast<unsigned>(std::countl_zero(w)));
  }

  /// Calls f(state) in document order.
  template <class F> void for_each(F&& f) const {
    visit_word(first_, 0, f);
    for (std::size_t i = 1; i <= more(); ++i) visit_word(more_[i], static_cast<unsigned>(i) << 6, f);
  }
  /// Calls f(state) in reverse document order.
  template <class F> void for_each_reverse(F&& f) const {
    for (std::size_t i = more(); i > 0; --i) visit_word_reverse(more_[i], static_cast<unsigned>(i) << 6, f);
    visit_word_reverse(first_, 0, f);
  }
  /// True when a member lies in [from, to).
  bool intersects(std::uint16_t from, std::uint16_t to) const {
    bool hit = false;
    visit_words(from, to, [&](std::size_t i, std::uint64_t mask) {
      const auto* w = existing(i);
      hit = hit || (w && (*w & mask));
    });
    return hit;
  }
  /// Takes over the members of `other` that lie in [from, to).
  void insert_part(const state_set& other, std::uint16_t from, std::uint16_t to) {
    visit_words(from, to, [&](std::size_t i, std::uint64_t mask) {
      const auto* w = other.existing(i);
      if (w && (*w & mask)) word(i) |= *w & mask;
    });
  }
  /// Removes the members of `other`.
  void erase_all(const state_set& other) {
    first_ &= ~other.first_;
    for (std::size_t i = 1; i <= more() && i <= other.more(); ++i) more_[i] &= ~other.more_[i];
  }

  friend bool operator==(const state_set& a, const state_set& b) {
    if (a.first_ != b.first_) return false;
    const state_set& longer = a.more() >= b.more() ? a : b;
    const state_set& shorter = a.more() >= b.more() ? b : a;
    for (std::size_t i = 1; i <= longer.more(); ++i)
      if (longer.more_[i] != (i <= shorter.more() ? shorter.more_[i] : 0)) return false;
    return true;
  }

 private:
  static std::uint64_t bit(std::uint16_t s) { return std::uint64_t{1} << (s & 63); }
  /// Words beyond the first.
  std::size_t more() const { return more_ ? more_[0] : 0; }
  void grow(std::size_t words) {
    auto longer = std::make_unique<std::uint64_t[]>(1 + words);
    std::copy_n(more_.get(), more_ ? 1 + more() : 0, longer.get());
    longer[0] = words;
    more_ = std::move(longer);
  }
  void copy_more(const state_set& other) {
    if (other.more() == 0) return more_.reset();
    if (more() != other.more()) more_ = std::make_unique<std::uint64_t[]>(1 + other.more());
    std::copy_n(other.more_.get(), 1 + other.more(), more_.get());
  }
  std::uint64_t& word(std::size_t i) {
    if (i == 0) return first_;
    if (more() < i) grow(i);
    return more_[i];
  }
  std::uint64_t* existing(std::size_t i) {
    if (i == 0) return &first_;
    return i <= more() ? &more_[i] : nullptr;
  }
  const std::uint64_t* existing(std::size_t i) const {
    return const_cast<state_set*>(this)->existing(i);
  }
  /// f(word, mask of the bits of [from, to) in it)
  template <class F> static void visit_words(std::size_t from, std::size_t to, F&& f) {
    for (std::size_t i = from >> 6; (i << 6) < to; ++i) {
      std::uint64_t mask = ~std::uint64_t{0};
      if (i == from >> 6) mask <<= from & 63;
      if (i == to >> 6) mask &= (std::uint64_t{1} << (to & 63)) - 1;
      f(i, mask);
    }
  }
  template <class F> static void visit_word(std::uint64_t w, unsigned base, F& f) {
    for (; w; w &= w - 1)
      f(static_cast<std::uint16_t>(base + static_cast<unsigned>(std::countr_zero(w))));
  }
  template <class F> static void visit_word_reverse(std::uint64_t w, unsigned base, F& f) {
    while (w) {
      unsigned i = 63u - static_cast<unsigned>(std::countl_zero(w));
      w &= ~(std::uint64_t{1} << i);
      f(static_cast<std::uint16_t>(base + i));
    }
  }

  std::uint64_t first_ = 0;
  std::unique_ptr<std::uint64_t[]> more_; // their number, then the words
};

} // namespace chainring::scxml
