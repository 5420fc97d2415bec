#pragma once
// A byte that brings a descriptor with it: the kernel reads nothing behind it in the same call.

#include <cstring>

#include <sys/socket.h>

#include <aio/support/syscall.hpp>

namespace tests {

/// Sends one byte and the descriptor `passed` over a Unix socket. Throws std::system_error.
inline void send_with_descriptor(int socket, char byte, int passed) {
  iovec bytes{&byte, 1};
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof passed)] = {};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof passed);
  std::memcpy(CMSG_DATA(head), &passed, sizeof passed);
  aio::check_syscall("sendmsg", static_cast<int>(::sendmsg(socket, &message, 0)));
}

}  // namespace tests
