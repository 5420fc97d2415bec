#pragma once
// The other side of a ProcessPool: a program without a loop that does one job after the other.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/socket.h>

#include <aio/process_pool/wire.hpp>
#include <aio/support/errors.hpp>

namespace aio {

namespace detail {

/// Reads so many bytes, and waits for them; nothing when the pool has gone.
inline std::optional<std::string> receive_from_pool(std::size_t size) {
  std::string data(size, '\0');
  for (std::size_t have = 0; have < size;) {
    const ssize_t count = ::recv(worker_descriptor, data.data() + have, size - have, 0);
    if (count == -1 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    have += static_cast<std::size_t>(count);
  }
  return data;
}

/// Returns false when the pool has gone.
inline bool send_to_pool(std::string_view data) {
  while (!data.empty()) {
    const ssize_t count = ::send(worker_descriptor, data.data(), data.size(), MSG_NOSIGNAL);
    if (count == -1 && errno == EINTR) continue;
    if (count == -1) return false;
    data.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

inline bool answer_pool(Wire kind, std::string_view bytes) {
  return send_to_pool(WireHead::of(kind, bytes)) && send_to_pool(bytes);
}

/// Returns false when there are no more.
template <class Work>
bool serve_one_job(Work& work) {
  const std::optional<std::string> head = receive_from_pool(WireHead::size);
  if (!head) return false;
  std::optional<std::string> job =
      receive_from_pool(static_cast<std::size_t>(WireHead(*head).length));
  if (!job) return false;
  try {
    const std::string result = work(std::move(*job));
    return answer_pool(Wire::result, result);
  } catch (...) {
    return answer_pool(Wire::failure, what_of(std::current_exception()));
  }
}

}  // namespace detail

/// Was this process started by a ProcessPool, to work for it? Ask first thing in main().
inline bool is_pool_worker() { return std::getenv(detail::worker_variable) != nullptr; }

/// Calls `work(std::string job)`, which returns the result as bytes, for each job, until the pool
/// has no more: 0, for main() to return. What it throws fails the job. REQUIRES: is_pool_worker()
template <class Work>
int serve_jobs(Work work) {
  ::unsetenv(detail::worker_variable);  // its own children are nobody's workers,
  ::fcntl(detail::worker_descriptor, F_SETFD, FD_CLOEXEC);  // and do not keep its pool waiting
  while (detail::serve_one_job(work)) {
  }
  return 0;
}

}  // namespace aio
