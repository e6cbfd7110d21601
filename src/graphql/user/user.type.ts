import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** Role of a user. */
export enum RoleName {
  VIEWER = "viewer",
  ANALYST = "analyst",
  OPERATOR = "operator",
  ADMINISTRATOR = "administrator",
}

registerEnumType(RoleName, {
  name: "Role",
  description: "Role of a user; each includes those before it.",
  valuesConfig: {
    VIEWER: { description: "Searches." },
    ANALYST: { description: "Tags and exports packets." },
    OPERATOR: { description: "Imports, and looks after capture and retention." },
    ADMINISTRATOR: { description: "Looks after users." },
  },
});

/** Use of a token. */
export enum TokenScopeName {
  READ = "read",
  TAG = "tag",
  EXPORT = "export",
  OPERATE = "operate",
  ADMIN = "admin",
}

registerEnumType(TokenScopeName, {
  name: "TokenScope",
  description: "What a bearer token may be used for, within what its user may do.",
  valuesConfig: {
    READ: { description: "Search, and read statistics, files and packet lists." },
    TAG: { description: "Change tags." },
    EXPORT: { description: "Make and download exports." },
    OPERATE: { description: "Import, and look after capture, retention and tasks." },
    ADMIN: { description: "Look after users, and read the audit log." },
  },
});

/** How a user logs in. */
export enum LoginWayName {
  PASSWORD = "password",
  OIDC = "oidc",
  HEADER = "header",
}

registerEnumType(LoginWayName, {
  name: "LoginWay",
  description: "How a user logs in.",
  valuesConfig: {
    PASSWORD: { description: "By a password that is kept here." },
    OIDC: { description: "At the OpenID provider of the configuration." },
    HEADER: { description: "At a trusted proxy, which says who it is in a header." },
  },
});

/** Rights within the role. */
@ObjectType("UserRights", { simpleResolvers: true, description: "Rights of one user within the role, under Arkime's names." })
export class UserRights {
  @Field(() => Boolean, { description: "May look inside packets." })
  packetSearch!: boolean;

  @Field(() => Boolean, { description: "May see and search the fields of e-mails." })
  emailSearch!: boolean;

  @Field(() => Boolean, { description: "May make and download no exports, in any format." })
  disablePcapDownload!: boolean;

  @Field(() => Boolean, { description: "Sees nothing about capture and the index as a whole." })
  hideStats!: boolean;

  @Field(() => Boolean, { description: "Sees no list of packet files and no file's name." })
  hideFiles!: boolean;

  @Field(() => Boolean, { description: "Sees no list of a session's packets." })
  hidePcap!: boolean;
}

/** Who is asking. */
@ObjectType("Me", { simpleResolvers: true, implements: Answer, description: "Who is asking, and what they may do." })
export class Me extends Answer {
  @Field(() => String, { description: "User name." })
  name!: string;

  @Field(() => RoleName, { description: "Role." })
  role!: RoleName;

  @Field(() => UserRights, { description: "Rights within the role." })
  rights!: UserRights;

  @Field(() => [String], { description: "What role, rights and the token that is used allow: search, packets, packetSearch, statistics, files, tag, export, import, operate, administer." })
  permissions!: readonly string[];

  @Field(() => Boolean, { description: "Whether a forced expression narrows everything this user reads." })
  narrowed!: boolean;

  @Field(() => LongScalar, { nullable: true, description: "How many hours back this user may look; null: without bound." })
  maxAgeHours!: number | null;
}

/** A bearer token without its secret. */
@ObjectType("Token", { simpleResolvers: true, description: "A bearer token, without its secret." })
export class Token {
  @Field(() => String, { description: "Its name." })
  name!: string;

  @Field(() => [TokenScopeName], { description: "What it may be used for." })
  scopes!: readonly TokenScopeName[];

  @Field(() => DateTimeScalar, { description: "When it was made." })
  created!: number;

  @Field(() => DateTimeScalar, { description: "When it ends." })
  expires!: number;
}

/** Tokens of the user. */
@ObjectType("TokenList", { simpleResolvers: true, implements: Answer, description: "Bearer tokens." })
export class TokenList extends Answer {
  @Field(() => [Token], { description: "The tokens." })
  tokens!: readonly Token[];
}

/** A token that was just made. */
@ObjectType("NewToken", { simpleResolvers: true, implements: Answer, description: "A bearer token that was just made." })
export class NewToken extends Answer {
  @Field(() => String, { description: "The secret, for `Authorization: Bearer …`. It is shown this once and not kept." })
  secret!: string;

  @Field(() => Token, { description: "The token." })
  token!: Token;
}
