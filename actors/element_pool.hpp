// element_pool.hpp: messages that never leave the process. A CAF message costs a tuple, run-time type matching and a malloc
// that crosses threads; these cost half of it.
#pragma once

#include <cstddef>
#include <new>
#include <typeinfo>
#include <utility>

#include <caf/mailbox_element.hpp>

namespace chainring::actors {

/// Blocks of one size from a cache per thread. Caches trade batches: what one thread makes, another one frees, and a plain
/// thread-local list would only ever grow on one side.
class element_pool {
 public:
  static constexpr std::size_t block_bytes = 128;
  static void* take();
  static void give(void* block) noexcept;
};

/// A T as a message to a lane actor, matched by one pointer comparison. Small ones live in the pool.
template <class T>
class local_element final : public caf::mailbox_element {
 public:
  T value;

  template <class... Args>
  explicit local_element(caf::strong_actor_ptr from, Args&&... args)
      : caf::mailbox_element(std::move(from), caf::make_message_id(), {}), value(std::forward<Args>(args)...) {}

  static caf::mailbox_element_ptr make(T value) {
    return caf::mailbox_element_ptr{new local_element(nullptr, std::move(value))};
  }
  /// The T in `message`, or null when it is something else.
  static T* in(caf::mailbox_element& message) {
    return typeid(message) == typeid(local_element) ? &static_cast<local_element&>(message).value : nullptr;
  }

  caf::type_erased_tuple& content() override { return nothing(); }
  const caf::type_erased_tuple& content() const override { return nothing(); }
  caf::message move_content_to_message() override { return {}; }
  caf::message copy_content_to_message() const override { return {}; }

  static void* operator new(std::size_t bytes) { return pooled ? element_pool::take() : ::operator new(bytes); }
  static void operator delete(void* block) noexcept { pooled ? element_pool::give(block) : ::operator delete(block); }

 private:
  static constexpr bool pooled = sizeof(caf::mailbox_element) + sizeof(T) <= element_pool::block_bytes;

  static caf::type_erased_tuple& nothing() {
    static_assert(!pooled || sizeof(local_element) <= element_pool::block_bytes);
    static caf::detail::tuple_vals<caf::unit_t> unit{caf::unit};
    return unit;
  }
};

} // namespace chainring::actors
