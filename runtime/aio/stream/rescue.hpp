#pragma once
// The bytes that came in before a connection failed.

#include <array>
#include <cerrno>
#include <cstddef>
#include <new>

#include <sys/socket.h>

#include <aio/stream/byte_buffer.hpp>

namespace aio::detail {

/// Moves what the kernel still has to the buffer: at most as much as a socket usually keeps, since
/// the other side may go on sending. Stops when there is no memory.
[[gnu::cold, gnu::noinline]] inline void rescue_input(int fd, ByteBuffer& in) noexcept {
  std::array<char, 16 * 1024> room;
  for (int left = 1024; left > 0; --left) {
    const ssize_t count = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT);
    if (count == -1 && errno == EINTR) continue;
    if (count <= 0) return;
    try {
      in.append({room.data(), static_cast<std::size_t>(count)});
    } catch (const std::bad_alloc&) {
      return;
    }
  }
}

}  // namespace aio::detail
