export default function Page() {
  return <p>POST a message to /tickets.</p>;
}
