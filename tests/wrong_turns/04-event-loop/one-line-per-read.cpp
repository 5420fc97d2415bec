// Name: One line per read
// Says: you answer the first line of what arrived, and keep the others until more comes
// Caught-by: Use4c_Shouter.AnswersEveryLineOfARead

//: use-4c
void Shouter::answer_lines() {
  std::size_t begin = 0;
  if (const std::size_t end = arrived_.find('\n'); end != std::string::npos) {
    shout(std::string_view(arrived_).substr(0, end));
    begin = end + 1;
  }
  arrived_.erase(0, begin);
}
