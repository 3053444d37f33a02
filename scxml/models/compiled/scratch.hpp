// scratch.hpp: memory of one evaluation, for texts that are made on the way. It is kept for the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace chainring::scxml::compiled_model {

class scratch {
 public:
  /// Room for that many characters, until reset().
  char* take(std::size_t size) {
    if (size > left_) more(size);
    used_ = true;
    char* const from = next_;
    next_ += size;
    left_ -= size;
    return from;
  }

  void reset() {
    if (used_) give_back();
  }
  /// Since reset(), beyond the first block.
  std::size_t taken() const { return taken_; }

 private:
  static constexpr std::size_t block_bytes = 1'024;

  void give_back() {
    used_ = false;
    if (blocks_.size() > 1) {
      blocks_.resize(1); // the first, which is small
      taken_ = 0;
    }
    if (blocks_.empty()) return;
    next_ = blocks_[0].get();
    left_ = block_bytes;
    taken_ = 0;
  }
  void more(std::size_t size) {
    const std::size_t bytes = blocks_.empty() && size <= block_bytes ? block_bytes : std::max(size, block_bytes);
    if (blocks_.empty() && size > block_bytes) blocks_.push_back(std::make_unique<char[]>(block_bytes));
    blocks_.push_back(std::make_unique<char[]>(bytes));
    next_ = blocks_.back().get();
    left_ = bytes;
    if (blocks_.size() > 1) taken_ += bytes;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t taken_ = 0;
  bool used_ = false;
};

} // namespace chainring::scxml::compiled_model
