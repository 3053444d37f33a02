// rare_list.hpp: a list that is nearly always empty, in the room of one pointer.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace chainring::scxml {

template <class T>
class rare_list {
 public:
  rare_list() = default;
  rare_list(std::initializer_list<T> items) : items_(std::make_unique<std::vector<T>>(items)) {}

  bool empty() const { return !items_ || items_->empty(); }
  std::size_t size() const { return items_ ? items_->size() : 0; }
  T* begin() { return items_ ? items_->data() : nullptr; }
  T* end() { return begin() + size(); }
  const T* begin() const { return items_ ? items_->data() : nullptr; }
  const T* end() const { return begin() + size(); }
  T& operator[](std::size_t i) { return (*items_)[i]; }
  const T& operator[](std::size_t i) const { return (*items_)[i]; }

  T& push_back(T item) {
    if (!items_) items_ = std::make_unique<std::vector<T>>();
    return items_->emplace_back(std::move(item));
  }
  void clear() { items_.reset(); }
  /// Removes the items of which remove(item) is true.
  template <class F> void erase_if(F&& remove) {
    if (items_ && std::erase_if(*items_, std::forward<F>(remove)) > 0 && items_->empty()) clear();
  }

 private:
  std::unique_ptr<std::vector<T>> items_;
};

} // namespace chainring::scxml
