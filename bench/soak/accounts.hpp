#pragma once
// The books of a soak: what each connection sent and got, as both processes saw it. They lie in
// memory that client and server share; each writes its own columns.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "heap.hpp"

namespace soak {

enum class Ending : std::uint8_t { none, polite, dropped, aborted };

/// One connection. Its first eight bytes are its number, so that the server knows whose it is.
struct Account {
  std::uint64_t sent = 0, verified = 0;      // the client's: written; come back as they were sent
  std::uint64_t received = 0, returned = 0;  // the server's: read; written
  Ending ending = Ending::none;
  bool wrong = false;  // the client got what it had not sent, or met an error
};

/// What a process has left behind when everything should be gone.
struct Leftovers {
  std::size_t descriptors = 0;
  Heap heap;
};

struct Books {
  static constexpr std::size_t most = 4'000'000;

  std::atomic<std::uint16_t> port = 0;
  std::atomic<bool> go = false;             // idle until then
  std::atomic<std::uint64_t> accounts = 0;  // how many are in use
  Leftovers clients;
  Account account[most];  // the kernel gives memory only for those that are used
};

/// In shared memory. Fork afterwards.
Books& make_books();

struct Summary {
  std::uint64_t polite = 0, dropped = 0, aborted = 0;
  std::uint64_t sent = 0, verified = 0, lost = 0;
  std::vector<std::string> faults;  // what does not add up
};
Summary audit(const Books& books);

/// The bytes of connection `number` from `offset` on: nobody else's look like that.
std::string bytes_of(std::uint64_t number, std::uint64_t offset, std::size_t size);

/// Puts together what is open now, and calls it left over.
Leftovers leftovers_since(const Leftovers& before);
Leftovers in_use_now();

}  // namespace soak
