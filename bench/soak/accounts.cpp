#include "accounts.hpp"

#include <cstring>
#include <filesystem>
#include <iterator>
#include <new>

#include <sys/mman.h>
#include <aio/support/syscall.hpp>

namespace soak {
namespace {

constexpr std::size_t most_faults = 10;

/// What is wrong with one account; empty when it adds up.
std::string fault_of(const Account& account) {
  if (account.wrong) return "the client met what it should not have met";
  if (account.ending == Ending::none) return "it has not ended";
  const bool in_order = account.verified <= account.returned &&
                        account.returned <= account.received && account.received <= account.sent;
  if (!in_order) return "more came than went";
  if (account.ending == Ending::polite && account.verified != account.sent) return "bytes are lost";
  return "";
}

}  // namespace

Books& make_books() {
  void* const memory = mmap(nullptr, sizeof(Books), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) aio::check_syscall("mmap", -1);
  return *static_cast<Books*>(memory);  // zeros are what every member begins with
}

Summary audit(const Books& books) {
  Summary summary;
  for (std::uint64_t number = 0; number < books.accounts; ++number) {
    const Account& account = books.account[number];
    summary.polite += account.ending == Ending::polite;
    summary.dropped += account.ending == Ending::dropped;
    summary.aborted += account.ending == Ending::aborted;
    summary.sent += account.sent;
    summary.verified += account.verified;
    summary.lost += account.sent - account.verified;
    const std::string fault = fault_of(account);
    if (!fault.empty() && summary.faults.size() < most_faults) {
      summary.faults.push_back("connection " + std::to_string(number) + ": " + fault);
    }
  }
  return summary;
}

std::string bytes_of(std::uint64_t number, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t at = offset + i;
    const std::uint64_t mixed = (number + 1) * 0x9E3779B97F4A7C15U + at / 8 * 0xBF58476D1CE4E5B9U;
    bytes[i] = static_cast<char>(at < 8 ? number >> (8 * at) : (mixed >> (at % 8 * 8)) & 0xff);
  }
  return bytes;
}

Leftovers in_use_now() {
  const std::filesystem::directory_iterator open("/proc/self/fd");
  return {static_cast<std::size_t>(std::distance(begin(open), end(open))), heap_in_use()};
}

Leftovers leftovers_since(const Leftovers& before) {
  const Leftovers now = in_use_now();
  return {now.descriptors - before.descriptors,
          {now.heap.blocks - before.heap.blocks, now.heap.bytes - before.heap.bytes}};
}

}  // namespace soak
