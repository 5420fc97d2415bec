// zlib decodes. Here is where it is told when to stop.

#include <http/client/inflater.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <zlib.h>

#include <http/message.hpp>

namespace http::detail {

struct Inflater::Zlib {
  Zlib() {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (::inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;
  ~Zlib() { ::inflateEnd(&stream); }

  /// Decodes into `room` as much as fits; returns how much that was. `ended` tells that this was
  /// the end of a member.
  std::size_t step(std::string_view& coded, std::array<char, 16 * 1024>& room, bool& ended) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
    stream.avail_in = static_cast<uInt>(coded.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      throw ProtocolError(502, "the body is no gzip, or was damaged");
    }
    coded.remove_prefix(coded.size() - stream.avail_in);
    ended = result == Z_STREAM_END;
    if (ended) ::inflateReset(&stream);
    return room.size() - stream.avail_out;
  }

  z_stream stream{};
};

Inflater::Inflater(std::uint64_t limit) : zlib_(std::make_unique<Zlib>()), left_(limit) {}

Inflater::~Inflater() = default;

std::string Inflater::feed(std::string_view coded) {
  constexpr std::size_t most = 1024 * 1024 * 1024;  // zlib counts in 32 bits
  std::string plain;
  std::array<char, 16 * 1024> room;
  bool full = false;
  while (!coded.empty() || full) {
    std::string_view now = coded.substr(0, most);
    const std::size_t before = now.size();
    bool ended = false;
    const std::size_t got = zlib_->step(now, room, ended);
    coded.remove_prefix(before - now.size());
    if (got > left_) throw ProtocolError(413, "the decoded body of the response is too large");
    left_ -= got;
    plain.append(room.data(), got);
    full = got == room.size() && !ended;
    in_member_ = !ended;
  }
  return plain;
}

void Inflater::finish() const {
  if (in_member_) throw ProtocolError(502, "the gzip of the body ends before its end");
}

}  // namespace http::detail
