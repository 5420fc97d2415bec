#pragma once
// What a database is asked with, and what it answers: values, and rows of them.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace clients {

/// NULL, a whole number, a real one, or text. What a server sends as text stays text until somebody
/// asks for a number.
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  template <std::integral T>
  Value(T number) : what_(static_cast<long long>(number)) {}
  template <std::floating_point T>
  Value(T number) : what_(static_cast<double>(number)) {}
  Value(std::string text) : what_(std::move(text)) {}
  Value(std::string_view text) : what_(std::string(text)) {}
  Value(const char* text) : what_(std::string(text)) {}
  template <class T>
  Value(std::optional<T> value) {
    if (value) *this = Value(std::move(*value));
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(what_); }
  bool is_whole() const { return std::holds_alternative<long long>(what_); }
  bool is_real() const { return std::holds_alternative<double>(what_); }
  bool is_text() const { return std::holds_alternative<std::string>(what_); }
  /// As a number, a bool, a std::string, or a std::optional of these, which NULL is nothing of.
  /// Throws std::invalid_argument for NULL otherwise, and for what is no such number.
  template <class T>
  T as() const;
  /// As text; NULL: "".
  std::string text() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  template <class T>
  T number() const;
  std::variant<std::monostate, long long, double, std::string> what_;
};

/// A list of values: `values(1, "two", nullptr)`.
template <class... Args>
std::vector<Value> values(Args&&... args) {
  std::vector<Value> all;
  all.reserve(sizeof...(args));
  (all.emplace_back(std::forward<Args>(args)), ...);
  return all;
}

class Rows;

/// A row. It must not outlive its Rows.
class Row {
 public:
  Row(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
  /// Both throw std::out_of_range when there is no such column.
  const Value& operator[](std::size_t column) const;
  const Value& operator[](std::string_view column) const;

 private:
  const Rows* rows_;
  std::size_t index_;
};

/// All that a statement has given.
class Rows {
 public:
  Rows() {}

  std::vector<std::string> columns;
  std::vector<std::vector<Value>> values;
  long long affected = 0;  // rows that the statement has changed, or found

  std::size_t size() const { return values.size(); }
  bool empty() const { return values.empty(); }
  /// Throws std::out_of_range.
  Row operator[](std::size_t index) const {
    if (index >= size()) throw std::out_of_range("there is no row " + std::to_string(index));
    return Row(*this, index);
  }
};

// Implementation

inline std::string Value::text() const {
  if (const auto* text = std::get_if<std::string>(&what_)) return *text;
  if (const auto* whole = std::get_if<long long>(&what_)) return std::to_string(*whole);
  const auto* const real = std::get_if<double>(&what_);
  if (real == nullptr) return "";
  char digits[64];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, *real).ptr);
}

template <class T>
T Value::number() const {
  const std::string digits = text();
  T number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw std::invalid_argument("\"" + digits + "\" is no such number");
  }
  return number;
}

namespace detail {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace detail

template <class T>
T Value::as() const {
  if constexpr (detail::is_optional<T>) {
    if (is_null()) return {};
    return as<typename T::value_type>();
  } else {
    if (is_null()) throw std::invalid_argument("the value is NULL");
    if constexpr (std::is_same_v<T, std::string>) {
      return text();
    } else if constexpr (std::is_same_v<T, bool>) {
      const std::string said = text();
      return said == "t" || said == "true" || (said != "f" && said != "false" && as<int>() != 0);
    } else {
      return number<T>();
    }
  }
}

inline const Value& Row::operator[](std::size_t column) const {
  return rows_->values[index_].at(column);
}

inline const Value& Row::operator[](std::string_view column) const {
  const auto found = std::ranges::find(rows_->columns, column);
  if (found == rows_->columns.end()) {
    throw std::out_of_range("there is no column " + std::string(column));
  }
  return (*this)[static_cast<std::size_t>(found - rows_->columns.begin())];
}

}  // namespace clients
