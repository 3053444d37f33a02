// state_set.hpp: a set of states of one document. Up to 64 states it is one word; beyond, a heap
// array.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace chainring::scxml {

/// Ordered by state number, which is document order. Sets grow as needed; comparing ignores
/// capacity.
class state_set {
 public:
  state_set() = default;

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
    if (first_) return false;
    for (auto w : more_)
      if (w) return false;
    return true;
  }
  void clear() {
    first_ = 0;
    more_.clear();
  }
  std::size_t size() const {
    std::size_t n = static_cast<std::size_t>(std::popcount(first_));
    for (auto w : more_) n += static_cast<std::size_t>(std::popcount(w));
    return n;
  }

  /// Calls f(state) in document order.
  template <class F> void for_each(F&& f) const {
    visit_word(first_, 0, f);
    for (std::size_t i = 0; i < more_.size(); ++i)
      visit_word(more_[i], static_cast<unsigned>(i + 1) << 6, f);
  }
  /// Calls f(state) in reverse document order.
  template <class F> void for_each_reverse(F&& f) const {
    for (std::size_t i = more_.size(); i-- > 0;)
      visit_word_reverse(more_[i], static_cast<unsigned>(i + 1) << 6, f);
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
    for (std::size_t i = 0; i < more_.size() && i < other.more_.size(); ++i)
      more_[i] &= ~other.more_[i];
  }

  friend bool operator==(const state_set& a, const state_set& b) {
    if (a.first_ != b.first_) return false;
    const auto& longer = a.more_.size() >= b.more_.size() ? a.more_ : b.more_;
    const auto& shorter = a.more_.size() >= b.more_.size() ? b.more_ : a.more_;
    for (std::size_t i = 0; i < longer.size(); ++i)
      if (longer[i] != (i < shorter.size() ? shorter[i] : 0)) return false;
    return true;
  }

 private:
  static std::uint64_t bit(std::uint16_t s) { return std::uint64_t{1} << (s & 63); }
  std::uint64_t& word(std::size_t i) {
    if (i == 0) return first_;
    if (more_.size() < i) more_.resize(i);
    return more_[i - 1];
  }
  std::uint64_t* existing(std::size_t i) {
    if (i == 0) return &first_;
    return i <= more_.size() ? &more_[i - 1] : nullptr;
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
  std::vector<std::uint64_t> more_;
};

} // namespace chainring::scxml
