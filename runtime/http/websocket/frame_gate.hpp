#pragma once
// Looks at the heads of frames before the library gets them, for it lets some through, or refuses
// them without saying why: RFC 6455, 5.2 and 5.5.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <http/websocket/utf8.hpp>

namespace http::detail {

/// Cuts a stream of bytes into heads and payloads.
class FrameGate {
 public:
  /// Moves the bytes that may pass to `passed`. Returns 0, or at a frame that must not pass the
  /// code to close with. 1002: a control frame that is a fragment or longer than 125 bytes, a
  /// length that is not in its shortest form or beyond 2^63, a Close of one byte, which has no room
  /// for a code. 1007: a Close with a reason that is no UTF-8.
  std::uint16_t pass(std::string_view bytes, std::string& passed);

 private:
  std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(held_[at]); }
  std::uint8_t short_length() const { return byte(1) & 0x7f; }
  std::size_t mask_size() const { return (byte(1) & 0x80) != 0 ? 4 : 0; }
  bool is_close() const { return (byte(0) & 0x0f) == 8; }
  std::size_t head_size() const;
  std::uint64_t length() const;
  bool may_pass() const;
  bool has_good_reason() const;
  std::uint16_t judge(std::string& passed);

  std::string held_;        // the head of a frame, as far as it has come, or a whole Close
  std::uint64_t left_ = 0;  // of the frame, that may pass
};

inline std::uint16_t FrameGate::pass(std::string_view bytes, std::string& passed) {
  while (!bytes.empty()) {
    if (left_ > 0) {
      const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      passed.append(bytes.substr(0, some));
      left_ -= some;
      bytes.remove_prefix(some);
    } else {
      held_.push_back(bytes.front());
      bytes.remove_prefix(1);
      if (const std::uint16_t code = judge(passed)) return code;
    }
  }
  return 0;
}

/// Lets the head pass when it is whole; a Close waits for its reason.
inline std::uint16_t FrameGate::judge(std::string& passed) {
  if (held_.size() < 2 || held_.size() < head_size()) return 0;
  if (!may_pass()) return 1002;
  const std::uint64_t rest = length() + mask_size();
  if (is_close() && held_.size() < head_size() + rest) return 0;
  if (is_close() && !has_good_reason()) return 1007;
  left_ = is_close() ? 0 : rest;
  passed.append(held_);
  held_.clear();
  return 0;
}

inline bool FrameGate::has_good_reason() const {
  const std::size_t start = head_size() + mask_size();
  std::string payload = held_.substr(start);
  for (std::size_t i = 0; mask_size() > 0 && i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ held_[head_size() + i % 4]);
  }
  return payload.size() <= 2 || is_utf8(std::string_view(payload).substr(2));
}

/// Without the mask.
inline std::size_t FrameGate::head_size() const {
  if (short_length() == 127) return 10;
  return short_length() == 126 ? 4 : 2;
}

inline std::uint64_t FrameGate::length() const {
  if (short_length() < 126) return short_length();
  std::uint64_t length = 0;
  for (std::size_t at = 2; at < head_size(); ++at) length = length << 8 | byte(at);
  return length;
}

inline bool FrameGate::may_pass() const {
  const bool is_control = (byte(0) & 0x08) != 0;
  const bool last = (byte(0) & 0x80) != 0;
  if (is_control && (!last || length() > 125)) return false;
  if (is_close() && length() == 1) return false;
  if (short_length() == 126) return length() >= 126;
  return short_length() != 127 || (length() >= 65536 && length() >> 63 == 0);
}

}  // namespace http::detail
