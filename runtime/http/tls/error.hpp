#pragma once
// What can go wrong under TLS, told apart.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <aio/support/errors.hpp>

namespace http::tls {

/// Why a connection under TLS did not come about, or broke.
enum class Reason {
  expired,          // the certificate of the other side, or of who issued it
  not_yet_valid,    // the same
  self_signed,      // it is its own issuer, and not among those that are trusted
  unknown_issuer,   // nobody who is trusted has issued it
  wrong_name,       // it is for other hosts
  bad_certificate,  // anything else that is wrong with it
  plain_text,       // the other side does not speak TLS at all
  clear_bytes,      // bytes came before the upgrade that nobody has read
  refused,          // the other side broke off, and said so
  protocol          // anything else
};

/// TLS has failed; the connection is of no use.
struct Error : std::runtime_error {
  Error(Reason why, const std::string& message) : std::runtime_error(message), reason(why) {}
  Reason reason;
};

/// The connection ended, and the other side has not said (close_notify) that it was at its end:
/// bytes may be missing, and somebody may have cut them off.
struct TruncationError : aio::IncompleteReadError {
  using aio::IncompleteReadError::IncompleteReadError;
  const char* what() const noexcept override {
    return "the connection ended before the end of TLS (close_notify): bytes may be missing";
  }
};

}  // namespace http::tls
