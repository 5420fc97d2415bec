// Name: A broken connection taken for an end
// Says: your stream forgets why it broke, and its reader takes half a message for all of it
// Caught-by: Step6_End.AnErrorIsForEverybodyFromThenOn

//: 12.6
inline void StreamState::fail(std::error_code error) {
  (void)error;
  shut_down();
}
