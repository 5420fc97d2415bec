// Name: Nothing yet taken for the end
// Says: you hang up when recv() says EAGAIN, which only means that nothing is there now
// Caught-by: Use4c_Shouter.NothingToReadYetIsNoEnd

//: use-4c
void Shouter::read_some() {
  char bytes[4096];
  const ssize_t count = ::recv(connection_.get(), bytes, sizeof bytes, 0);
  if (count <= 0) return hang_up();
  arrived_.append(bytes, static_cast<std::size_t>(count));
  answer_lines();
  wait_for_more();
}
