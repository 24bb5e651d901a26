// Mistakes that a TypeScript user's compiler finds. Each line that it has to refuse says by which error.
import * as onaws from "./sdk";

const network = { vpcId: "vpc-1", cidr: "10.0.0.0/16", privateSubnetIds: ["subnet-1"] };
const image = { uri: "shop:1", architecture: onaws.Architecture.ARM64 };

new onaws.Monolith("right", { network, image });
new onaws.Monolith("m", { image }); // TS2345
new onaws.Monolith("m", { network: { ...network, privateSubnetIds: "subnet-1" }, image }); // TS2322
new onaws.Monolith("m", { network, image, app: { port: "eighty" } }); // TS2322
new onaws.Monolith("m", { network, image, app: { prot: 80 } }); // TS2353
new onaws.Monolith("m", { network, image, services: { web: { prefix: 5 } } }); // TS2322
new onaws.Monolith("m", { network, image, access: "everybody" }); // TS2322
new onaws.FrontDoor("d", { origin: "example.com" }); // TS2322
