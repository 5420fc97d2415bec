#pragma once
// Your layer of lesson 12. Check it with: ./learn check 12
// Lesson 12, read_request: what a read asks for, as a question to a buffer.
//
// Stands on nothing but a buffer of bytes. Whether somebody waits is not known here.
//  - Nothing leaves the buffer before the whole result can be taken.
//  - Bytes that have been searched are not searched again.
//  - The limit counts what comes before a separator, and nothing else.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/stream/byte_buffer.hpp>
#include <aio/stream/separators.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* read_request = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

/// What a read asks for, and whether the buffer has it.
class ReadRequest {
 public:
  enum class Kind : unsigned char { some, exactly, all, until, line };
  ReadRequest(Kind kind, std::size_t count);
  ReadRequest(Kind kind, Ref<Separators> separators)
      : kind_(kind), separators_(std::move(separators)) {}
  ReadRequest(Kind kind, std::vector<std::string> separators)
      : ReadRequest(kind, Ref(new Separators(std::move(separators)))) {}
  /// A line. All lines share their separator.
  static ReadRequest line();

  /// Whether a result can be taken: the bytes, the end, or an error.
  bool satisfied(const ByteBuffer& in, bool ended, std::size_t limit);
  /// A number of bytes at most, of which the buffer has some, but not so many.
  bool takes_more_than(const ByteBuffer& in) const {
    return kind_ == Kind::some && count_ != npos && !in.empty() && in.size() < count_;
  }
  /// How much the buffer may hold for it: twice the limit, and more only when it asks for more.
  std::size_t most(std::size_t limit) const;
  /// Takes the result out. REQUIRES: satisfied().
  std::string take(ByteBuffer& in, std::size_t limit);

 private:
  bool find(const ByteBuffer& in);
  std::size_t before_separator(const ByteBuffer& in) const;
  std::string take_until(ByteBuffer& in, std::size_t limit);

  static constexpr std::size_t npos = std::string_view::npos;
  Kind kind_;
  std::size_t count_ = 0;
  Ref<Separators> separators_;  // null for a read that counts
  std::size_t searched_ = 0;    // no separator ends within the first so many bytes
  std::size_t found_ = npos;    // where the first separator begins,
  std::size_t end_ = npos;      // and where it ends
};

// Implementation

inline ReadRequest::ReadRequest(Kind kind, std::size_t count) : kind_(kind), count_(count) {
  if (kind == Kind::exactly && count > std::string().max_size()) {
    throw std::invalid_argument("read_exactly: no string holds so much; is it a negative number?");
  }
}

inline ReadRequest ReadRequest::line() {
  static thread_local const Ref newline(new Separators({"\n"}));
  return {Kind::line, newline};
}

//: 12.1 say whether the buffer has what is asked for
inline bool ReadRequest::satisfied(const ByteBuffer& in, bool ended, std::size_t limit) {
  AIO_TODO("12.1", "say whether the buffer has what is asked for");
}

inline std::size_t ReadRequest::most(std::size_t limit) const {
  if (kind_ == Kind::all || limit > npos / 2) return npos;
  if (!separators_) return std::max<std::size_t>(kind_ == Kind::exactly ? count_ : 1, 2 * limit);
  return std::max(limit + separators_->longest, 2 * limit);
}

//: 12.2 look for the separator that ends first, also where the last look stopped
inline bool ReadRequest::find(const ByteBuffer& in) {
  AIO_TODO("12.2", "look for the separator that ends first, also where the last look stopped");
}

/// How many bytes certainly come before the separator.
inline std::size_t ReadRequest::before_separator(const ByteBuffer& in) const {
  if (found_ != npos) return found_;
  const std::size_t longest = separators_->longest;
  return in.size() < longest ? 0 : in.size() + 1 - longest;
}

//: 12.1 take what is asked for out of the buffer, or say why that cannot be
inline std::string ReadRequest::take(ByteBuffer& in, std::size_t limit) {
  AIO_TODO("12.1", "take what is asked for out of the buffer, or say why that cannot be");
}

//: 12.2 up to the separator; too long, or cut off by the end
inline std::string ReadRequest::take_until(ByteBuffer& in, std::size_t limit) {
  AIO_TODO("12.2", "up to the separator; too long, or cut off by the end");
}

}  // namespace detail

}  // namespace aio
