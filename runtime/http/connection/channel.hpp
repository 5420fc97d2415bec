#pragma once
// What HTTP travels over: a stream of bytes, of one of several kinds. All kinds have the same
// members, and HTTP knows only these.

#include <cstddef>
#include <string_view>
#include <utility>

#include <aio/stream.hpp>

namespace http {

/// A connected stream of bytes. Move-only; its members are those of aio::Stream.
class Channel {
 public:
  explicit Channel(aio::Stream stream) : stream_(std::move(stream)) {}

  aio::Read read(std::size_t at_most = aio::Stream::npos) { return stream_.read(at_most); }
  bool at_eof() const { return stream_.at_eof(); }
  void write(std::string_view data) { stream_.write(data); }
  aio::StreamWait drain() { return stream_.drain(); }
  aio::StreamWait write_all(std::string_view data) { return stream_.write_all(data); }
  void write_eof() { stream_.write_eof(); }
  std::size_t unsent() const { return stream_.unsent(); }
  void close() { stream_.close(); }
  void abort() { stream_.abort(); }
  bool is_closing() const { return stream_.is_closing(); }
  aio::StreamWait wait_closed() { return stream_.wait_closed(); }
  /// The stream below everything, for who watches the connection.
  aio::Stream& stream() { return stream_; }

 private:
  aio::Stream stream_;
};

}  // namespace http
