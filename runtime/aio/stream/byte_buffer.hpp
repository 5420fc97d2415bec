#pragma once
// The bytes that a stream holds, in one direction.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace aio::detail {

/// Bytes that come in at the back and leave at the front.
class ByteBuffer {
 public:
  bool empty() const { return start_ == bytes_.size(); }
  std::size_t size() const { return bytes_.size() - start_; }
  std::string_view view() const { return std::string_view(bytes_).substr(start_); }
  /// Amortised O(1) a byte.
  void append(std::string_view more) {
    if (start_ > bytes_.size() / 2) move_to_front();
    bytes_.append(more);
  }
  /// Takes the first `count` bytes out. REQUIRES: count <= size()
  std::string take(std::size_t count);
  void drop(std::size_t count);
  void clear() { *this = ByteBuffer(); }

 private:
  void move_to_front();

  std::string bytes_;
  std::size_t start_ = 0;  // what is before it has left
};

inline std::string ByteBuffer::take(std::size_t count) {
  if (start_ == 0 && count == bytes_.size()) return std::exchange(bytes_, {});
  std::string taken(view().substr(0, count));
  drop(count);
  return taken;
}

inline void ByteBuffer::drop(std::size_t count) {
  start_ += count;
  if (empty()) clear();
}

/// There is less left than has left.
[[gnu::noinline]] inline void ByteBuffer::move_to_front() {
  bytes_.erase(0, start_);
  start_ = 0;
}

}  // namespace aio::detail
