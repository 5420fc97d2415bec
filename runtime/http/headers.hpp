#pragma once
// Lesson 13, headers: the fields of a message, in the order in which they stand there.
//
// Stands on nothing. The fields are kept in one string, as they go over the wire.
//  1. Names compare without case, and keep the case that they came with.
//  2. A name may stand there several times; the order is kept.
//  3. What could end a field, or the head, is refused: no program can smuggle a field in.

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <http/headers/characters.hpp>

namespace http {

/// One field of a message. The views hold until the Headers that gave them change.
struct Field {
  std::string_view name, value;
  friend bool operator==(const Field&, const Field&) = default;
};

/// The fields of a message. Views and iterators that it gives hold until it changes.
class Headers {
 public:
  class Iterator;

  Headers() = default;
  /// Throws as add() does.
  Headers(std::initializer_list<Field> fields) {
    for (const Field& field : fields) add(field.name, field.value);
  }

  /// Appends a field; blanks around the value are left out. Throws std::invalid_argument for a name
  /// that is no token, and for a value with CR, LF, NUL or another control character but a tab.
  void add(std::string_view name, std::string_view value);
  /// Makes it the only field of that name: the first one is replaced, the others are removed.
  /// Throws as add() does, and changes nothing then.
  void set(std::string_view name, std::string_view value);
  /// Removes all fields of that name. Returns how many there were.
  std::size_t remove(std::string_view name);
  void clear() { text_.clear(), size_ = 0; }

  /// The value of the first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  /// The values of all fields of that name, in order.
  std::vector<std::string_view> get_all(std::string_view name) const;
  bool contains(std::string_view name) const { return get(name).has_value(); }
  std::size_t count(std::string_view name) const;
  /// Whether a comma-separated list, e.g. `Connection: keep-alive, Upgrade`, names the token, in
  /// any case and in any field of that name.
  bool has_token(std::string_view name, std::string_view token) const;

  Iterator begin() const;
  Iterator end() const;
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// All fields as they go over the wire: "Name: value\r\n" for each.
  const std::string& text() const { return text_; }

  /// Same names (case does not matter) and values, in the same order.
  friend bool operator==(const Headers& a, const Headers& b);

 private:
  static void check(std::string_view name, std::string_view value);

  std::string text_;
  std::size_t size_ = 0;
};

/// Goes over the fields of a Headers.
class Headers::Iterator {
 public:
  using value_type = Field;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;

  Iterator() = default;
  explicit Iterator(std::string_view rest) : rest_(rest) {}
  Field operator*() const;
  Iterator& operator++();
  Iterator operator++(int);
  friend bool operator==(const Iterator& a, const Iterator& b) {
    return a.rest_.size() == b.rest_.size();
  }

 private:
  friend Headers;
  std::string_view rest_;  // from this field to the end
};

// Implementation

inline Field Headers::Iterator::operator*() const {
  const std::size_t colon = rest_.find(':');
  const std::size_t end = rest_.find('\r', colon);
  return {rest_.substr(0, colon), rest_.substr(colon + 2, end - colon - 2)};
}

inline Headers::Iterator& Headers::Iterator::operator++() {
  rest_.remove_prefix(rest_.find('\n') + 1);
  return *this;
}

inline Headers::Iterator Headers::Iterator::operator++(int) {
  const Iterator before = *this;
  ++*this;
  return before;
}

inline Headers::Iterator Headers::begin() const { return Iterator(text_); }

inline Headers::Iterator Headers::end() const { return {}; }

inline void Headers::check(std::string_view name, std::string_view value) {
  if (!is_token(name)) {
    throw std::invalid_argument("a header name must be letters, digits or one of !#$%&'*+-.^_`|~");
  }
  if (has_controls(value)) {
    throw std::invalid_argument("the value of header " + std::string(name) +
                                " has a line break or another control character in it");
  }
}

inline void Headers::add(std::string_view name, std::string_view value) {
  check(name, value);
  value = trimmed(value);
  text_.reserve(text_.size() + name.size() + value.size() + 4);
  text_.append(name).append(": ").append(value).append("\r\n");
  ++size_;
}

inline void Headers::set(std::string_view name, std::string_view value) {
  check(name, value);
  Headers changed;
  for (const auto [other, its_value] : *this) {
    if (!same_name(other, name)) {
      changed.add(other, its_value);
    } else if (!changed.contains(name)) {
      changed.add(name, value);
    }
  }
  if (!changed.contains(name)) changed.add(name, value);
  *this = std::move(changed);
}

inline std::size_t Headers::remove(std::string_view name) {
  const std::string wanted(name);  // it may be a view of a field
  std::size_t removed = 0;
  for (Iterator field = begin(); field != end();) {
    if (!same_name((*field).name, wanted)) {
      ++field;
      continue;
    }
    const std::size_t at = text_.size() - field.rest_.size();
    text_.erase(at, text_.find('\n', at) + 1 - at);
    field = Iterator(std::string_view(text_).substr(at));
    ++removed;
  }
  size_ -= removed;
  return removed;
}

inline std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto [other, value] : *this) {
    if (same_name(other, name)) return value;
  }
  return std::nullopt;
}

inline std::vector<std::string_view> Headers::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto [other, value] : *this) {
    if (same_name(other, name)) values.push_back(value);
  }
  return values;
}

inline std::size_t Headers::count(std::string_view name) const {
  std::size_t found = 0;
  for (const auto [other, value] : *this) found += same_name(other, name) ? 1 : 0;
  return found;
}

inline bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const auto [other, value] : *this) {
    if (same_name(other, name) && lists(value, token)) return true;
  }
  return false;
}

inline bool operator==(const Headers& a, const Headers& b) {
  if (a.size() != b.size()) return false;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (!same_name((*x).name, (*y).name) || (*x).value != (*y).value) return false;
  }
  return true;
}

}  // namespace http
