// Name: A crowd that keeps the loop
// Says: your server accepts as long as somebody comes, and nobody else has a turn
// Caught-by: Step7_Accept.ACrowdDoesNotKeepTheLoop

//: 12.7
inline void Listener::run() {
  const Ref<Listener> alive(this);
  while (listening_ && !server_.full() && accept_one()) {
  }
}
