// Says: nowhere defined
int answer();

int twice() { return answer() * 2; }

int main() { return twice(); }
