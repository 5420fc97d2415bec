// Name: Waiting for an event that was reported before
// Says: your server without descriptors waits for the next event, but those who wait have been
//   reported
// Caught-by: Step8_Refused.WithoutDescriptorsItTriesAgainInASecond

//: 12.8
inline void Listener::back_off(int error) {
  server_.report(
      "a server cannot accept a connection; it tries again in a second",
      std::make_exception_ptr(std::system_error(error, std::generic_category(), "accept4")));
}
