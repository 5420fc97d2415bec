#pragma once
// Exercise use-13e: a download that goes on.

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include <aio/coro.hpp>
#include <http/client.hpp>

/// What has come of a file. It may be kept, and be given to a later download.
struct Download {
  std::string bytes;
  std::string tag;  // the ETag of the file that they are of; empty: the server gave none
};

/// Is told how many bytes have come, and how many there will be if the server has said so.
using Tell = std::function<void(std::uint64_t, std::optional<std::uint64_t>)>;

/// The server has answered, but with no file.
struct NoFile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Gets what is missing of the file, and tells after each piece. If the connection fails it asks
/// again, `attempts` times in all: for the rest, if it can be sure that it is still the same file
/// (Range and If-Range), otherwise for all of it. Asks for no coding: the bytes are those of the
/// file. Throws what the last attempt threw, and NoFile for any answer but 200 and a fitting 206.
/// Cancelled or thrown out of, `into` has what has come.
aio::Coro<> download(http::Client& client, std::string url, Download& into, Tell tell,
                     int attempts = 3);
