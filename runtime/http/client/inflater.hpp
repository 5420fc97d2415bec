#pragma once
// Bodies in gzip, piece by piece. zlib does it, which one file sees (src/inflate_zlib.cpp).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace http::detail {

/// Decodes one body in gzip: one member, or several, one after the other (RFC 1952). A few bytes
/// may stand for millions, so what comes out is limited.
class Inflater {
 public:
  /// Gives `limit` bytes in all at most.
  explicit Inflater(std::uint64_t limit);
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater();

  /// What a piece brings; it may be nothing. Throws ProtocolError: 413 for more than the limit, 502
  /// for what is no gzip, or has been damaged.
  std::string feed(std::string_view coded);
  /// The body has ended. Throws ProtocolError when its coding has not.
  void finish() const;

 private:
  struct Zlib;

  std::unique_ptr<Zlib> zlib_;
  std::uint64_t left_;
  bool in_member_ = false;
};

}  // namespace http::detail
