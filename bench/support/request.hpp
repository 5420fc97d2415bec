#pragma once
// The parts of a request of one byte to a LoopbackServer, with a socket that blocks or one that
// does not.

#include <cstdint>

#include <aio/support/syscall.hpp>

namespace bench {

/// A socket that does not block, and whose connection to 127.0.0.1:port is under way.
aio::UniqueFd start_to_connect(std::uint16_t port);

/// Closing resets the connection, so that thousands of closed ones do not keep their ports.
void forget_at_close(int fd);

void send_question(int fd);

/// 1 if it is the answer to the question, 0 if it is another. Throws when the server has closed
/// the connection.
int receive_answer(int fd);

}  // namespace bench
