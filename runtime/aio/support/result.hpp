#pragma once
// What a computation left behind: nothing yet, a value, or an exception.

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace aio {

namespace detail {

template <class T>
struct Storage {
  using type = T;
};
template <>
struct Storage<void> {
  using type = std::monostate;
};
template <class T>
struct Storage<T&> {
  using type = T*;
};
/// What is stored for a result of type T: void has a monostate, a reference its address.
template <class T>
using Stored = typename Storage<T>::type;

template <class T>
Stored<T> to_stored(T&& value) {
  if constexpr (std::is_lvalue_reference_v<T>) {
    return &value;
  } else {
    return std::move(value);
  }
}

}  // namespace detail

/// A value of type T (which may be void or a reference), or an exception, or nothing yet.
template <class T>
class Result {
 public:
  using Stored = detail::Stored<T>;

  Result() noexcept : nothing_() {}
  Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<Stored>) : nothing_() {
    take(other);
  }
  Result(const Result& other) requires std::is_copy_constructible_v<Stored> : nothing_() {
    if (other.kind_ == Kind::value) emplace(other.value_);
    if (other.kind_ == Kind::error) set_exception(other.error_);
  }
  Result& operator=(Result other) noexcept(std::is_nothrow_move_constructible_v<Stored>) {
    clear();
    take(other);
    return *this;
  }
  ~Result() { clear(); }

  /// REQUIRES: empty()
  template <class... Args>
  void emplace(Args&&... args) {
    std::construct_at(std::addressof(value_), std::forward<Args>(args)...);
    kind_ = Kind::value;
  }
  /// REQUIRES: empty()
  void set_exception(std::exception_ptr error) noexcept {
    std::construct_at(std::addressof(error_), std::move(error));
    kind_ = Kind::error;
  }

  /// Moves the content of `other` in. REQUIRES: empty()
  void take(Result& other) {
    if (other.kind_ == Kind::value) {
      emplace(std::move(other.value_));
    } else if (other.kind_ == Kind::error) [[unlikely]] {
      set_exception(std::move(other.error_));
    }
  }
  /// Afterwards it is empty.
  void clear() noexcept {
    if constexpr (!std::is_trivially_destructible_v<Stored>) {
      if (kind_ == Kind::value) std::destroy_at(std::addressof(value_));
    }
    if (kind_ == Kind::error) [[unlikely]]
      drop_error();
    kind_ = Kind::empty;
  }

  bool empty() const { return kind_ == Kind::empty; }
  bool has_value() const { return kind_ == Kind::value; }
  bool failed() const { return kind_ == Kind::error; }
  explicit operator bool() const { return has_value(); }
  /// The exception, or null.
  std::exception_ptr exception() const { return failed() ? error_ : nullptr; }

  /// The value, or throws the exception. REQUIRES: !empty()
  std::add_lvalue_reference_t<T> value() & {
    rethrow();
    if constexpr (std::is_reference_v<T>)
      return *value_;
    else if constexpr (!std::is_void_v<T>)
      return value_;
  }
  std::add_lvalue_reference_t<std::add_const_t<T>> value() const& {
    rethrow();
    if constexpr (std::is_reference_v<T>)
      return *value_;
    else if constexpr (!std::is_void_v<T>)
      return value_;
  }
  /// Moves the value out.
  T value() && {
    rethrow();
    if constexpr (std::is_reference_v<T>)
      return *value_;
    else if constexpr (!std::is_void_v<T>)
      return std::move(value_);
  }

  /// The value as it is stored. REQUIRES: has_value()
  Stored& stored() { return value_; }

 private:
  enum class Kind : unsigned char { empty, value, error };

  void rethrow() const {
    if (kind_ == Kind::error) [[unlikely]]
      throw_error();
  }
  // Out of the way of those who have a value.
  [[noreturn, gnu::cold]] void throw_error() const { std::rethrow_exception(error_); }
  [[gnu::cold]] void drop_error() noexcept { std::destroy_at(std::addressof(error_)); }

  Kind kind_ = Kind::empty;
  union {
    char nothing_;
    Stored value_;
    std::exception_ptr error_;
  };
};

}  // namespace aio
