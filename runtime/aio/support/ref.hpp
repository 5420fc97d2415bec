#pragma once
// A single-threaded reference count that lives in the object: what Handle, Future and Task share.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <aio/support/nesting.hpp>

namespace aio {

/// Base of an object that is deleted with its last Ref. Derived classes have a virtual destructor,
/// and a constant owns_its_kind, which is true if such an object may own another one, and so on.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;

 protected:
  /// Adds references that Ref::adopt() takes over one by one.
  void add_refs(std::uint32_t count) { refs_ += count; }
  /// Is there another reference beside the caller's?
  bool shared() const { return refs_ > 1; }

 private:
  template <class T>
  friend class Ref;
  std::uint32_t refs_ = 0;
};

/// A shared pointer to a RefCounted object.
template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  explicit Ref(T* object) : object_(object) { add(); }
  Ref(const Ref& other) : object_(other.object_) { add(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> Ref(const Ref<U>& other) : Ref(other.get()) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> Ref(Ref<U>&& other)
  noexcept : object_(other.release()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  [[gnu::always_inline]] ~Ref() {  // most handles are empty, or not the last: no call for those
    if (object_ != nullptr && --object_->refs_ == 0) destroy(object_);
  }

  /// Takes over a reference that has been counted already.
  static Ref adopt(T* object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }

  /// Gives the reference up without letting go of it: adopt() takes it over.
  T* release() { return std::exchange(object_, nullptr); }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Ref&, const Ref&) = default;

 private:
  [[gnu::noinline]] static void destroy(T* object) {  // keeps ~Ref() small
    if constexpr (requires { requires T::owns_its_kind; }) {
      detail::Nesting::destroy(object);
    } else {
      delete object;
    }
  }
  void add() const {
    if (object_ != nullptr) ++object_->refs_;
  }
  T* object_ = nullptr;
};

}  // namespace aio
